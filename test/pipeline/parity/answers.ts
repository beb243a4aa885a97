/** What our pipelines answer, in the judge's words, and where they differ on purpose. */
import { isPipelineError } from '../../../src/core/index.ts';
import { planAttempt } from '../../../src/native/attempt.ts';
import type { ProjectCatalog } from '../../../src/native/catalog.ts';
import type { NativeStorage } from '../../../src/native/storage.ts';
import {
  type Node,
  type NodeOptions,
  node,
  type Pipeline,
  pipeline,
  type SliceFilters,
  slice,
} from '../../../src/pipeline/index.ts';
import { planRun } from '../../../src/runner/index.ts';
import { type Case, FILTERS, type Filters } from './cases.ts';
import type { NodeSpec } from './random-graphs.ts';

export type Answer =
  | { error: string }
  | {
      /** Name, inputs, outputs, tags, namespace; in order of execution. */
      nodes: [string, string[], string[], string[], string][];
      inputs: string[];
      outputs: string[];
      allInputs: string[];
      allOutputs: string[];
    };

/** What comes of a case here. */
export async function answer(given: Case): Promise<Answer> {
  try {
    return shown(await made(given));
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { error: `${error.code}: ${error.message}` };
  }
}

const nothing = (...values: unknown[]): unknown => values;

function nodesOf(specs: readonly NodeSpec[]): Node[] {
  return specs.map(({ namespace, ...rest }) => {
    const options = namespace === null ? rest : { ...rest, namespace };
    return node(nothing, options as NodeOptions<typeof nothing>);
  });
}

async function made(given: Case): Promise<Pipeline> {
  const nodes = nodesOf(given.nodes);
  if (given.what === 'sum') {
    const part = (indexes: number[], tags: string[] = []) =>
      pipeline(
        indexes.map((i) => nodes[i] as Node),
        { tags },
      );
    return pipeline([part(given.left), part(given.right, given.tags)]);
  }
  const whole = pipeline(nodes);
  switch (given.what) {
    case 'whole':
      return whole;
    case 'filter':
      return slice(whole, filtersOf(given.filters));
    case 'reuse': {
      const reused = given.options.reduce((of, options) => pipeline(of, options), whole);
      return given.beside ? pipeline([reused, whole]) : reused;
    }
    case 'missing':
      return pipeline(await leftToRun(whole, new Set(given.stored), new Set(given.existing)));
    default: {
      const never: never = given;
      return never;
    }
  }
}

function filtersOf(filters: Filters): SliceFilters {
  return Object.fromEntries(Object.entries(filters).map(([name, names]) => [FILTERS[name as keyof Filters], names]));
}

async function leftToRun(whole: Pipeline, stored: Set<string>, existing: Set<string>): Promise<Node[]> {
  const isStored = (name: string) => stored.has(name);
  const plan = planRun(whole, whole.nodes, isStored, new Set(whole.outputs), new Set());
  const prepared = { plan, names: [], outputs: whole.outputs, given: new Set<string>(), stored: [...stored] };
  const catalog = { isStored } as ProjectCatalog;
  const storage = { exists: async (name: string) => existing.has(name) } as NativeStorage;
  const attempt = await planAttempt(prepared, catalog, storage, { onlyMissingOutputs: true }, undefined);
  return attempt.prepared.plan.steps.map((step) => step.node);
}

function shown(of: Pipeline): Answer {
  const all = (side: 'inputs' | 'outputs') => [...new Set(of.nodes.flatMap((each) => each[side].names))].sort();
  return {
    nodes: of.nodes.map(({ name, inputs, outputs, tags, namespace }) => [
      name,
      [...inputs.names],
      [...outputs.names],
      [...tags],
      namespace ?? '',
    ]),
    inputs: [...of.inputs].sort(),
    outputs: [...of.outputs].sort(),
    allInputs: all('inputs'),
    allOutputs: all('outputs'),
  };
}

/**
 * Where ours and Kedro's differ on purpose; docs/differences-from-kedro.md has these rows, and there are no others.
 */
export function differsOnPurpose(given: Case, ours: Answer, kedro: Answer): boolean {
  if (given.what === 'sum' && given.tags.length > 0) {
    // A node that both have, tagged by one of them: Kedro keeps the tags of the first.
    const untagged = (of: Answer) => JSON.stringify(of).replaceAll(/"more",?|,"more"/g, '');
    return untagged(ours) === untagged(kedro);
  }
  if (given.what !== 'filter') return false;
  const { tags = [], node_namespaces: namespaces = [] } = given.filters;
  if ('error' in ours) {
    // A tag that no node has is a slip here; Kedro goes on with the others.
    const known = given.nodes.flatMap((each) => each.tags);
    return !('error' in kedro) && ours.error.startsWith('TAG_NOT_FOUND') && tags.some((tag) => !known.includes(tag));
  }
  // A node in two of the namespaces is one node here; Kedro says that two have the same name.
  const isInside = namespaces.some((name) => namespaces.some((other) => name.startsWith(`${other}.`)));
  return 'error' in kedro && isInside && kedro.error.includes('must have unique names');
}
