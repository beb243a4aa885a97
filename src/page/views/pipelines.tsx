/** The project's pipelines as graphs; with the states of a run on the nodes where the view was opened from one. */
import { useMemo, useState } from 'preact/hooks';
import type { PipelineList, PipelineView, RunNodeView, RunView } from '../../server/index.ts';
import { Details } from '../graph/details.tsx';
import { drawingOf, isParams } from '../graph/drawing.ts';
import { Graph } from '../graph/graph.tsx';
import { useAnswer, useTopic } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { StateWord } from '../parts/marks.tsx';
import { Empty, ErrorNote, Ready } from '../parts/notes.tsx';
import { to, toRun } from '../routes.ts';
import { many } from '../words.ts';

const NO_NODES: readonly RunNodeView[] = [];

export function PipelinesPage({ name, runId }: { name: string | undefined; runId: string | undefined }) {
  const known = useAnswer<PipelineList>('pipelines');
  usePainted(known.value !== undefined);
  return (
    <>
      <h1 tabIndex={-1}>Pipelines</h1>
      <Ready known={known} what="pipelines">
        {(list) => {
          const names = Object.keys(list.pipelines).sort();
          if (names.length === 0) return <Empty type="npx kedro-temporal init">The project has no pipelines.</Empty>;
          const shown = name ?? (names.includes('__default__') ? '__default__' : (names[0] ?? ''));
          return (
            <>
              <Choice names={names} shown={shown} runId={runId} />
              <Pipeline key={shown} name={shown} list={list} runId={runId} />
            </>
          );
        }}
      </Ready>
    </>
  );
}

function Choice({ names, shown, runId }: { names: readonly string[]; shown: string; runId: string | undefined }) {
  return (
    <nav class="choice" aria-label="Pipelines">
      {names.map((name) => (
        <a key={name} href={to.pipeline(name, runId)} aria-current={name === shown ? 'true' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

interface PipelineProps {
  name: string;
  list: PipelineList;
  runId: string | undefined;
}

function Pipeline({ name, list, runId }: PipelineProps) {
  const { value: run } = useTopic<RunView>(runId === undefined ? undefined : `run:${runId}`);
  const pipeline = list.pipelines[name];
  if (pipeline === undefined) return <Empty>{`The project has no pipeline "${name}".`}</Empty>;
  if ('error' in pipeline) return <ErrorNote code={pipeline.error.code} message={pipeline.error.message} />;
  return (
    <>
      {run === undefined ? null : (
        <p class="lead">
          Run <a href={toRun(run.run_id, run.job)}>{run.run_id}</a> <StateWord state={run.state} />
        </p>
      )}
      <PipelineGraph pipeline={pipeline} datasets={list.datasets} run={run?.nodes ?? NO_NODES} />
    </>
  );
}

interface PipelineGraphProps {
  pipeline: PipelineView;
  datasets: PipelineList['datasets'];
  run: readonly RunNodeView[];
}

function PipelineGraph({ pipeline, datasets, run }: PipelineGraphProps) {
  const [withParams, setWithParams] = useState(true);
  const [selected, setSelected] = useState<string>();
  const drawing = useMemo(() => drawingOf(pipeline, withParams), [pipeline, withParams]);
  const states = useMemo(() => new Map(run.map(({ name, state }) => [name, state])), [run]);
  const hasParams = pipeline.nodes.some(({ inputs }) => inputs.some(isParams));
  const isShown = drawing.boxes.some(({ id }) => id === selected);
  return (
    <>
      <p class="aside dotted">
        <span>{many(pipeline.nodes.length, 'node')}</span>
        {hasParams ? (
          <label class="check">
            <input
              type="checkbox"
              checked={withParams}
              onChange={({ currentTarget }) => setWithParams(currentTarget.checked)}
            />{' '}
            params
          </label>
        ) : null}
      </p>
      <div class="split">
        <Graph drawing={drawing} selected={selected} states={states} onSelect={setSelected} />
        {selected === undefined || !isShown ? null : (
          <Details id={selected} pipeline={pipeline} datasets={datasets} run={run} />
        )}
      </div>
    </>
  );
}
