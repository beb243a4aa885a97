/**
 * Reuse of a pipeline: the same nodes under a namespace, with other datasets and parameters.
 */
import { isPlainObject, PipelineError, suggestion } from '../core/index.ts';
import { isParameter, type Node, renamed } from './node.ts';
import { datasetOf } from './transcoding.ts';

/** Names that stay as they are, or the old name of each and its new one. */
export type NameMapping = string | readonly string[] | ReadonlySet<string> | Readonly<Record<string, string>>;

/** How the nodes of a pipeline are used again. */
export interface ReuseOptions {
  /**
   * Goes before the names of all nodes (`namespace.node`), of all datasets and of all `params:`; not before those that
   * `inputs`, `outputs` and `parameters` name, nor before `parameters` itself. Namespaces nest. Default: none.
   */
  namespace?: string;
  /** Free inputs that keep their names or get others. Default: none. */
  inputs?: NameMapping;
  /** Datasets made inside that keep their names or get others. Default: none. */
  outputs?: NameMapping;
  /** Parameters that keep their names or get others, with or without `params:`. Default: none. */
  parameters?: NameMapping;
  /** Whether the namespace goes before datasets and parameters, too. Default: true. */
  prefixDatasetsWithNamespace?: boolean;
}

/** What a mapping is held against. */
interface Mapped {
  readonly nodes: readonly Node[];
  readonly inputs: readonly string[];
}

/** The nodes under other names; undefined where the options change none. Throws `PIPELINE_INVALID` and `NODE_INVALID`. */
export function reused(of: Mapped, options: ReuseOptions): Node[] | undefined {
  const { namespace, prefixDatasetsWithNamespace = true } = options;
  const inputs = readNames('inputs', options.inputs);
  const outputs = readNames('outputs', options.outputs);
  const parameters = new Map([...readNames('parameters', options.parameters)].map(asParameters));
  if (namespace === undefined && inputs.size + outputs.size + parameters.size === 0) return undefined;
  if (typeof namespace !== 'string' && namespace !== undefined) throw invalid('its namespace is not a text');
  checkThere(of, inputs, outputs, parameters);
  checkSides(of, inputs, outputs);
  const mapping = new Map([...inputs, ...outputs, ...parameters]);
  const rename = renamer(mapping, prefixDatasetsWithNamespace ? namespace : undefined);
  return of.nodes.map((each) => renamed(each, rename, namespace));
}

function renamer(mapping: ReadonlyMap<string, string>, prefix: string | undefined): (name: string) => string {
  return (name) => {
    const mapped = mapping.get(name);
    if (mapped !== undefined) return mapped;
    if (name === 'parameters') return name;
    const dataset = datasetOf(name);
    const way = name.slice(dataset.length);
    const mappedDataset = mapping.get(dataset);
    if (mappedDataset !== undefined) return `${mappedDataset}${way}`;
    if (prefix === undefined) return name;
    return isParameter(name) ? `params:${prefix}.${name.slice('params:'.length)}` : `${prefix}.${name}`;
  };
}

function readNames(field: 'inputs' | 'outputs' | 'parameters', written: unknown): Map<string, string> {
  const pairs = pairsOf(written ?? []);
  if (pairs?.every((pair) => pair.every((name) => typeof name === 'string' && name !== ''))) {
    return new Map(pairs as [string, string][]);
  }
  throw invalid(`its ${field} are neither a name, nor a list or set of names, nor an object of names by name`);
}

function pairsOf(written: unknown): [unknown, unknown][] | undefined {
  if (typeof written === 'string') return [[written, written]];
  if (Array.isArray(written) || written instanceof Set) return [...written].map((name) => [name, name]);
  return isPlainObject(written) ? Object.entries(written) : undefined;
}

function asParameters([name, to]: [string, string]): [string, string] {
  const prefixed = (each: string) => (each.startsWith('params:') ? each : `params:${each}`);
  return name === 'parameters' ? [name, name] : [prefixed(name), prefixed(to)];
}

type Names = ReadonlyMap<string, string>;

function checkThere({ nodes }: Mapped, inputs: Names, outputs: Names, parameters: Names): void {
  const there = new Set(nodes.flatMap((each) => [...each.inputs.names, ...each.outputs.names]).map(datasetOf));
  const asked = [...[...inputs.keys(), ...outputs.keys()].map(datasetOf), ...parameters.keys()];
  const unknown = asked.find((name) => !there.has(name));
  if (unknown === undefined) return;
  throw invalid(`it maps "${unknown}", which none of its nodes uses`, unknown, suggestion(unknown, there));
}

function checkSides(of: Mapped, inputs: Names, outputs: Names): void {
  const free = new Set(of.inputs.map(datasetOf));
  const parameter = [...inputs.keys()].find(isParameter);
  if (parameter !== undefined) throw invalid(`its inputs name "${parameter}", which belongs in parameters`, parameter);
  const made = [...inputs.keys()].find((name) => !free.has(datasetOf(name)));
  if (made !== undefined) {
    throw invalid(`its inputs name "${made}", which one of its nodes makes; name it in outputs`, made);
  }
  const needed = [...outputs.keys()].find((name) => free.has(datasetOf(name)));
  if (needed !== undefined) {
    throw invalid(`its outputs name "${needed}", which none of its nodes makes; name it in inputs`, needed);
  }
}

function invalid(why: string, dataset?: string, more = ''): PipelineError {
  return new PipelineError('PIPELINE_INVALID', `A pipeline is not valid: ${why}.${more}`, {
    details: dataset === undefined ? {} : { dataset },
  });
}
