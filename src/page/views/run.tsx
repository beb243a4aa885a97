/** One run: how it ended, its attempts, what went in and out, and when each node ran. */
import type { RunView } from '../../server/index.ts';
import { useTopic } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { useNow } from '../parts/clock.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { useControls } from '../parts/controls.ts';
import { Facts } from '../parts/fields.tsx';
import { StateWord } from '../parts/marks.tsx';
import { ErrorNote, Ready } from '../parts/notes.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { Values } from '../parts/values.tsx';
import { Way } from '../parts/way.tsx';
import { to } from '../routes.ts';
import { Attempts } from '../run/attempts.tsx';
import { Data } from '../run/data.tsx';
import { Neighbours } from '../run/neighbours.tsx';
import { NotRun } from '../run/not-run.tsx';
import { Timeline } from '../run/timeline.tsx';
import { duration, moment, span } from '../words.ts';

interface RunPageProps {
  runId: string;
  job: string | undefined;
  intervalKey: string | undefined;
}

export function RunPage({ runId, job, intervalKey }: RunPageProps) {
  const known = useTopic<RunView>(`run:${runId}`);
  usePainted(known.value !== undefined || known.error !== undefined);
  const steps: [string, string][] = [['Jobs', to.overview]];
  if (job !== undefined) steps.push([job, to.job(job)]);
  return (
    <>
      <Way steps={steps} />
      <div class="title">
        <h1 tabIndex={-1}>{intervalKey ?? runId}</h1>
        {job === undefined || intervalKey === undefined ? null : <Neighbours job={job} intervalKey={intervalKey} />}
      </div>
      <Ready
        known={known}
        what="the run"
        onError={(error) =>
          error.code === 'RUN_NOT_FOUND' ? (
            <NotRun job={job} intervalKey={intervalKey} message={error.message} />
          ) : undefined
        }
      >
        {(run) => <Run run={run} />}
      </Ready>
    </>
  );
}

function Run({ run }: { run: RunView }) {
  const isRunning = run.state === 'running';
  const now = useNow(1000, isRunning);
  const controls = useControls(`run:${run.run_id}`);
  const took = (run.ended_at === undefined ? now : Date.parse(run.ended_at)) - Date.parse(run.started_at);
  const [pipeline] = run.pipelines;
  return (
    <>
      <div class="panel">
        <p class="lead">
          <StateWord state={run.state} />
          <span class="aside">{isRunning ? `for ${duration(Math.max(0, took))}` : `in ${duration(took)}`}</span>
        </p>
        {run.error === undefined ? null : <ErrorNote code={run.error.code} message={run.error.message} />}
        <Facts facts={factsOf(run)} />
        <div class="buttons">
          {isRunning ? (
            <ConfirmButton
              label="Cancel …"
              question={`Cancel the run ${run.run_id}?`}
              yes="Cancel the run"
              no="Let it run"
              isDisabled={controls.busy !== undefined}
              onYes={() => void controls.send('cancel', 'DELETE', `runs/${encodeURIComponent(run.run_id)}`)}
            />
          ) : null}
          {pipeline === undefined ? null : <a href={to.pipeline(pipeline, run.run_id)}>Its pipeline</a>}
          <OutsideLink href={run.links.logs}>Logs</OutsideLink>
          <OutsideLink href={run.links.temporal}>This run in Temporal</OutsideLink>
        </div>
        {controls.error === undefined ? null : (
          <ErrorNote code={controls.error.code} message={controls.error.message} />
        )}
      </div>
      <Timeline nodes={run.nodes} now={isRunning ? now : undefined} />
      <Attempts attempts={run.attempts} />
      <Named title="Params" values={run.runtime_params} />
      <Named title="Outputs" values={run.outputs} />
      <Data references={run.references} saved={run.saved} />
    </>
  );
}

function factsOf(run: RunView) {
  const { interval, save_version, pipelines } = run;
  return {
    'Run id': <code>{run.run_id}</code>,
    Interval: interval === undefined ? undefined : span(interval.start, interval.end),
    Pipelines: pipelines.join(', '),
    Started: moment(run.started_at),
    'Save version': save_version === undefined ? undefined : <code>{save_version}</code>,
    Mode: run.mode === 'direct' ? 'direct, in this process' : undefined,
  };
}

function Named({ title, values }: { title: string; values: Record<string, unknown> }) {
  if (Object.keys(values).length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <Values values={values} />
    </section>
  );
}
