/** The pipelines that have a route of their own. */
import type { PipelineDescription, ProjectDescription } from '../../core/index.ts';
import { type Allowance, isParameter } from '../access/allow.ts';
import { redacted } from '../redaction.ts';

export interface ServedPipeline {
  readonly name: string;
  readonly nodes: number;
  /** Datasets that a caller may give: what it needs first, then what else it reads. */
  readonly data: readonly string[];
  /** Those of `data` that nobody else can give: no entry of the catalog has them. */
  readonly needed: readonly string[];
  readonly params: readonly string[];
  /** Runtime params without a default that its files are named by. */
  readonly neededParams: readonly string[];
  /** Datasets that a caller may ask for: the free outputs first. */
  readonly outputs: readonly string[];
  readonly freeOutputs: readonly string[];
}

export interface Served {
  readonly pipelines: readonly ServedPipeline[];
  /** Broken ones, by name, with what is wrong. */
  readonly broken: Readonly<Record<string, string>>;
}

/** What a path can spell as it is. */
const PLAIN = /^[\w.-]+$/;

/** The pipelines of a project that callers may run, the default one last. */
export function servedPipelines(project: ProjectDescription, allowance: Allowance): Served {
  const pipelines: ServedPipeline[] = [];
  const broken: Record<string, string> = {};
  for (const [name, each] of Object.entries(project.pipelines)) {
    if (!allowance.allowsPipeline(name)) continue;
    if ('error' in each) broken[name] = redacted(each.error.message);
    else if (PLAIN.test(name)) pipelines.push(servedPipeline(name, each, project, allowance));
  }
  const isDefault = ({ name }: ServedPipeline) => Number(name === '__default__');
  return { pipelines: pipelines.sort((a, b) => isDefault(a) - isDefault(b)), broken };
}

function servedPipeline(
  name: string,
  { nodes, inputs, outputs, parameters }: PipelineDescription,
  { datasets }: ProjectDescription,
  { allowsDataset, allowsParam }: Allowance,
): ServedPipeline {
  const used = nodes.flatMap((node) => [...node.inputs, ...node.outputs]).filter((each) => !isParameter(each));
  const data = [...new Set([...inputs, ...used])].filter(allowsDataset);
  const isMatched = factoryTest(Object.keys(datasets));
  const holes = holesIn(used, datasets);
  return {
    name,
    nodes: nodes.length,
    data,
    needed: inputs.filter((each) => allowsDataset(each) && datasets[each] === undefined && !isMatched(each)),
    params: [...new Set([...parameters, ...holes.keys()])].filter((each) => each === 'parameters' || allowsParam(each)),
    neededParams: [...holes].filter(([each, hasDefault]) => !hasDefault && allowsParam(each)).map(([each]) => each),
    outputs: [...new Set([...outputs, ...used])].filter(allowsDataset),
    freeOutputs: outputs.filter(allowsDataset),
  };
}

/** Runtime params in the paths of these datasets, with whether each has a default. */
function holesIn(names: readonly string[], datasets: ProjectDescription['datasets']): Map<string, boolean> {
  const holes = new Map<string, boolean>();
  for (const name of names) {
    const dataset = datasets[name];
    const { filepath = '' } = dataset === undefined || 'error' in dataset ? {} : dataset;
    for (const [, param = '', fallback] of filepath.matchAll(/\$\{runtime_params:\s*([\w.]+)\s*(,[^}]*)?\}/g)) {
      holes.set(param, (holes.get(param) ?? true) && fallback !== undefined);
    }
  }
  return holes;
}

/** Whether a factory of the catalog (`{name}_note`) may make a dataset of that name. */
function factoryTest(names: readonly string[]): (name: string) => boolean {
  const patterns = names
    .filter((name) => name.includes('{'))
    .map(
      (name) =>
        new RegExp(
          `^${name
            .split(/\{[^{}]*\}/)
            .map(escaped)
            .join('.+')}$`,
        ),
    );
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
