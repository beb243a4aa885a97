/** What each worker's session keeps warm. Workers are asked when the view is opened, and again by the button. */
import type { PipelineList, WarmArtifactView, WorkerList, WorkerView } from '../../server/index.ts';
import { useAnswer } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { Table } from '../parts/fields.tsx';
import { StateWord } from '../parts/marks.tsx';
import { Empty, ErrorNote, Ready } from '../parts/notes.tsx';
import { ago, bytes, count, many } from '../words.ts';

export function WorkersPage({ hasSession }: { hasSession: boolean }) {
  const workers = useAnswer<WorkerList>('workers');
  usePainted(workers.value !== undefined);
  return (
    <>
      <div class="title">
        <h1 tabIndex={-1}>Workers</h1>
        <button type="button" disabled={workers.isAsking} onClick={workers.again}>
          {workers.isAsking ? 'Asking …' : 'Ask again'}
        </button>
      </div>
      <Ready known={workers} what="workers">
        {({ task_queue, workers: all }) =>
          all.length === 0 ? (
            <Empty type="npx kedro-temporal worker">{`No worker listens on the task queue ${task_queue}.`}</Empty>
          ) : (
            all.map((worker) => <Worker key={worker.worker} worker={worker} />)
          )
        }
      </Ready>
      {hasSession ? <OwnSession /> : null}
    </>
  );
}

function Worker({ worker: { worker, state, engine, warm, error } }: { worker: WorkerView }) {
  return (
    <section class="card" aria-label={`Worker ${worker}`}>
      <h2>{worker}</h2>
      <p class="aside dotted">
        <StateWord state={state} word={state === 'done' ? 'answers' : state} />
        {engine === undefined ? null : <span>{engine === 'kedro' ? 'Kedro engine' : 'native engine'}</span>}
        {warm === undefined ? null : <span>{sumOf(warm)}</span>}
      </p>
      {error === undefined ? null : <ErrorNote code={error.code} message={error.message} />}
      {warm === undefined ? null : <Warm name={worker} warm={warm} />}
    </section>
  );
}

function OwnSession() {
  const known = useAnswer<PipelineList>('pipelines');
  return (
    <section class="card" aria-label="This endpoint’s own session">
      <h2>This endpoint’s own session</h2>
      <Ready known={known} what="the session">
        {({ warm }) => (
          <>
            <p class="aside">{sumOf(warm)}</p>
            <Warm name="This endpoint" warm={warm} />
          </>
        )}
      </Ready>
    </section>
  );
}

function sumOf(warm: readonly WarmArtifactView[]): string {
  const size = warm.reduce((sum, artifact) => sum + (artifact.bytes ?? 0), 0);
  return size === 0 ? many(warm.length, 'artifact') : `${many(warm.length, 'artifact')}, about ${bytes(size)}`;
}

function Warm({ name, warm }: { name: string; warm: readonly WarmArtifactView[] }) {
  if (warm.length === 0)
    return (
      <Empty type="npx kedro-temporal preload DATASET">Nothing is warm. To load a dataset once for all runs:</Empty>
    );
  return (
    <Table
      caption={`Warm artifacts of ${name}`}
      heads={['Dataset', 'Type', 'Size', 'Used', 'Last used', 'Loaded', 'Refresh', 'Shared']}
      numbers={[2, 3]}
      rows={warm.map((artifact) => ({
        key: `${artifact.dataset}/${artifact.loaded_at}`,
        cells: [
          artifact.dataset,
          artifact.type,
          artifact.bytes === undefined ? '' : bytes(artifact.bytes),
          `${count(artifact.hits)} ×`,
          artifact.last_used_at === undefined ? 'not yet' : ago(artifact.last_used_at),
          ago(artifact.loaded_at),
          artifact.refresh === 'never' ? 'never' : 'when changed',
          artifact.shared,
        ],
      }))}
    />
  );
}
