/** The parts of a job: pipelines with their filters, and what comes before what. */
import type { DurableRunOptions, JobPart } from '../../workflows/index.ts';
import { mergeValues } from '../config/index.ts';
import { type JsonObject, type RunRequest, suggestion } from '../core/index.ts';
import type { Keys, Problems } from './problems.ts';
import type { RawJob, RawPart, RawPipeline } from './schema.ts';

/** The parts that a job's `pipeline` or `pipelines` say. */
export function partsOf(raw: RawJob, at: Keys, problems: Problems): JobPart[] {
  if (raw.pipeline !== undefined && raw.pipelines !== undefined) {
    problems.add(at, 'has both "pipeline" and "pipelines". Keep "pipelines" for more than one.');
  }
  const params = (raw.params ?? {}) as JsonObject;
  if (raw.pipeline !== undefined) {
    const { pipeline_name = '__default__', ...cuts } = raw.pipeline;
    return [{ name: pipeline_name, request: requestOf([pipeline_name], cuts, params) }];
  }
  const entries = Object.entries(raw.pipelines ?? {});
  if (entries.length === 0) {
    problems.add(
      at,
      'has no pipelines: give it "pipeline", with a name and filters, or "pipelines", one or more by name.',
    );
  }
  const known = entries.map(([name]) => name);
  const parts = entries.map(([name, part]) =>
    partOf(name, part, { at: [...at, 'pipelines', name], params, known, problems }),
  );
  checkOrder(parts, [...at, 'pipelines'], problems);
  return parts;
}

/** How a job's or a part's runs are kept alive; undefined where nothing is said. */
export function runOptionsOf({
  retry,
  timeouts,
  task_queue,
  priority,
}: Pick<RawJob, 'retry' | 'timeouts' | 'task_queue' | 'priority'>): DurableRunOptions | undefined {
  const options: DurableRunOptions = {
    ...defined({
      taskQueue: task_queue,
      startToCloseTimeout: timeouts?.start_to_close,
      scheduleToCloseTimeout: timeouts?.schedule_to_close,
      heartbeatTimeout: timeouts?.heartbeat,
    }),
    ...(retry === undefined
      ? {}
      : {
          retry: defined({
            maximumAttempts: retry.maximum_attempts,
            initialInterval: retry.initial_interval,
            backoffCoefficient: retry.backoff_coefficient,
            maximumInterval: retry.maximum_interval,
            nonRetryableErrorTypes: retry.non_retryable_error_types,
          }),
        }),
    ...(priority === undefined
      ? {}
      : {
          priority: defined({
            priorityKey: priority.priority_key,
            fairnessKey: priority.fairness_key,
            fairnessWeight: priority.fairness_weight,
          }),
        }),
  };
  return Object.keys(options).length === 0 ? undefined : options;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

interface PartPlace {
  at: Keys;
  /** The job's params, under the part's own. */
  params: JsonObject;
  /** Names of all parts of the job. */
  known: readonly string[];
  problems: Problems;
}

function partOf(name: string, raw: RawPart, { at, params, known, problems }: PartPlace): JobPart {
  const { pipeline, pipeline_name, pipelines, after = [], inputs = {}, params: own = {}, ...rest } = raw;
  const given = [pipeline, pipeline_name, pipelines].filter((each) => each !== undefined);
  if (given.length > 1) problems.add(at, 'names pipelines more than once: keep one of "pipeline" and "pipelines".');
  for (const [index, other] of after.entries()) {
    if (!known.includes(other))
      problems.add([...at, 'after', index], `names no part of this job.${suggestion(other, known)}`);
  }
  const run = runOptionsOf(rest);
  const sources = Object.entries(inputs).map(
    ([dataset, source]) => [dataset, sourceOf(source, known, () => [...at, 'inputs', dataset], problems)] as const,
  );
  return {
    name,
    request: requestOf([given[0] ?? name].flat(), rest, mergeValues(params, own as JsonObject) as JsonObject),
    ...(after.length === 0 ? {} : { after }),
    ...(sources.length === 0 ? {} : { inputs: Object.fromEntries(sources) }),
    ...(run === undefined ? {} : { run }),
  };
}

/** `part.output`; both may have dots, so the longest part that fits is meant. */
function sourceOf(source: string, known: readonly string[], at: () => Keys, problems: Problems) {
  const [part] = known.filter((name) => source.startsWith(`${name}.`)).sort((a, b) => b.length - a.length);
  if (part !== undefined && source.length > part.length + 1) return { part, output: source.slice(part.length + 1) };
  const [first = ''] = source.split('.');
  problems.add(at(), `is "${source}"; it must be <part>.<output> with a part of this job.${suggestion(first, known)}`);
  return { part: first, output: '' };
}

type Cuts = Omit<RawPipeline, 'pipeline_name'>;

function requestOf(pipelines: string[], cuts: Cuts, params: JsonObject): RunRequest {
  const namespaces = [...(cuts.namespaces ?? []), ...(cuts.node_namespaces ?? [])];
  return defined({
    pipelines,
    runtimeParams: Object.keys(params).length === 0 ? undefined : params,
    tags: cuts.tags,
    fromNodes: cuts.from_nodes,
    toNodes: cuts.to_nodes,
    nodeNames: cuts.node_names,
    fromInputs: cuts.from_inputs,
    toOutputs: cuts.to_outputs,
    namespaces: namespaces.length === 0 ? undefined : namespaces,
    loadVersions: cuts.load_versions,
    onlyMissingOutputs: cuts.only_missing_outputs,
    outputs: cuts.outputs,
  });
}

function checkOrder(parts: readonly JobPart[], at: Keys, problems: Problems): void {
  const before = new Map(
    parts.map(({ name, after = [], inputs = {} }) => [
      name,
      [...after, ...Object.values(inputs).map((source) => source.part)],
    ]),
  );
  const circle = circleIn(before);
  if (circle !== undefined) problems.add(at, `come after each other in a circle: ${circle.join(' -> ')}.`);
}

/** Names that lead back to the first of them, the first one repeated; undefined where there is no circle. */
export function circleIn(before: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    if (done.has(name)) return undefined;
    for (const other of before.get(name) ?? []) {
      const circle = visit(other, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of before.keys()) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
