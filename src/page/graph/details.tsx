import type { PipelineList, PipelineView, RunNodeView } from '../../server/index.ts';
import { Facts } from '../parts/fields.tsx';
import { StateWord } from '../parts/marks.tsx';
import { duration } from '../words.ts';

interface DetailsProps {
  id: string;
  pipeline: PipelineView;
  datasets: PipelineList['datasets'];
  run: readonly RunNodeView[];
}

/** What is known of the selected node or dataset. */
export function Details({ id, pipeline, datasets, run }: DetailsProps) {
  const colon = id.indexOf(':');
  const name = id.slice(colon + 1);
  return (
    <section class="card details" aria-label="Details" aria-live="polite">
      <h2>{name}</h2>
      {id.startsWith('node:') ? (
        <NodeFacts
          node={pipeline.nodes.find((node) => node.name === name)}
          run={run.find((node) => node.name === name)}
        />
      ) : (
        <DatasetFacts name={name} pipeline={pipeline} dataset={datasets[name]} />
      )}
    </section>
  );
}

type Node = PipelineView['nodes'][number];

function NodeFacts({ node, run }: { node: Node | undefined; run: RunNodeView | undefined }) {
  if (node === undefined) return null;
  const facts = {
    State: run === undefined ? undefined : <StateWord state={run.state} />,
    Took: run?.duration_ms === undefined ? undefined : duration(run.duration_ms),
    Function: node.function,
    Namespace: node.namespace,
    Inputs: node.inputs.join(', '),
    Outputs: node.outputs.join(', '),
    Tags: node.tags.join(', '),
  };
  return <Facts facts={facts} />;
}

interface DatasetFactsProps {
  name: string;
  pipeline: PipelineView;
  dataset: PipelineList['datasets'][string] | undefined;
}

function DatasetFacts({ name, pipeline: { nodes }, dataset }: DatasetFactsProps) {
  const isOf = (names: readonly string[]) => names.some((each) => each === name || each.startsWith(`${name}@`));
  const known = dataset === undefined || 'error' in dataset ? undefined : dataset;
  const facts = {
    Type: known?.type ?? (dataset === undefined ? 'not in the catalog: kept in memory' : undefined),
    Where: known?.filepath,
    Versioned: known?.versioned === true ? 'yes' : undefined,
    Error: dataset !== undefined && 'error' in dataset ? `${dataset.error.code}: ${dataset.error.message}` : undefined,
    'Made by': nodes
      .filter(({ outputs }) => isOf(outputs))
      .map((node) => node.name)
      .join(', '),
    'Used by': nodes
      .filter(({ inputs }) => isOf(inputs))
      .map((node) => node.name)
      .join(', '),
  };
  return (
    <Facts facts={name.startsWith('params:') || name === 'parameters' ? { 'Used by': facts['Used by'] } : facts} />
  );
}
