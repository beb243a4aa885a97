/**
 * What the run of a job asks of a session, part by part, and what becomes of the answers: pure, so that a workflow and a
 * process without a server ask alike.
 */
import {
  type DatasetRef,
  type JsonObject,
  type OutputsReport,
  PipelineError,
  type RunReport,
  type RunRequest,
} from '../core/index.ts';
import type { FrozenPlan, Interval } from './frozen-plans.ts';

/** A part of an interval that can fill a runtime param. Instants are ISO 8601, UTC. */
export type IntervalPart = 'key' | 'start' | 'end' | 'time_zone' | 'scheduled_time';

/** The interval that a run is for. */
export interface RunInterval {
  /** Unique in a job: `2015-01-31`. */
  key: string;
  /** Inclusive; ISO 8601, UTC. */
  start: string;
  /** Exclusive; ISO 8601, UTC. */
  end: string;
  timeZone: string;
  /** When the schedule meant the run to start, ISO 8601, UTC; the interval's end for runs without a schedule. */
  scheduledTime: string;
}

/** Values that one run hands to another: by value when small, else by reference. */
export interface Carried {
  values: JsonObject;
  references: Record<string, DatasetRef>;
}

/** A part of a job, as far as its request goes. */
export interface RequestPart {
  name: string;
  request: RunRequest;
  /** Dataset of this part → an output of an earlier part that is injected as it. */
  inputs?: Readonly<Record<string, { part: string; output: string }>>;
}

/** One run of a job's parts. */
export interface PartsRun {
  job: { parts: readonly RequestPart[]; intervalParams?: Readonly<Record<string, IntervalPart>> };
  interval?: RunInterval | undefined;
  runId: string;
  saveVersion: string;
  /** What the interval before has handed on, and to which part. */
  carried?: (Carried & { part: string }) | undefined;
  /** An output to return beside what its part's request asks for. */
  keep?: { part: string; output: string } | undefined;
}

/** An interval of a plan as a run without a schedule is told of it. */
export function runIntervalOf({ timeZone }: FrozenPlan, { key, start, end }: Interval): RunInterval {
  return { key, start, end, timeZone, scheduledTime: end };
}

/** Runtime params that the interval fills. */
export function intervalParamsOf(job: PartsRun['job'], interval: RunInterval | undefined): JsonObject {
  if (interval === undefined) return {};
  const { key, start, end, timeZone, scheduledTime } = interval;
  const parts = { key, start, end, time_zone: timeZone, scheduled_time: scheduledTime };
  const names = job.intervalParams ?? { interval_key: 'key', interval_start: 'start', interval_end: 'end' };
  return Object.fromEntries(Object.entries(names).map(([param, part]) => [param, parts[part]]));
}

/** What is injected into a part: what the interval before has handed on, and outputs of the parts before, by their reports. */
export function injectedInto(
  { name, inputs = {} }: RequestPart,
  reports: ReadonlyMap<string, RunReport>,
  carried: PartsRun['carried'],
): Carried {
  const mine = carried?.part === name ? carried : undefined;
  const found: Carried = { values: { ...mine?.values }, references: { ...mine?.references } };
  for (const [dataset, { part, output }] of Object.entries(inputs)) {
    const { values, references } = handedOn(reports.get(part), output, dataset);
    Object.assign(found.values, values);
    Object.assign(found.references, references);
  }
  return found;
}

/** One output of a report under a dataset's name, for another run to take. */
export function handedOn(
  report: Pick<RunReport, 'outputs' | 'references'> | undefined,
  output: string,
  dataset = output,
): Carried {
  const value = report?.outputs[output];
  if (value !== undefined) return { values: { [dataset]: value }, references: {} };
  const reference = report?.references[output];
  return { values: {}, references: reference === undefined ? {} : { [dataset]: reference } };
}

/** Why a dataset cannot be filled by an output of which a run has only told where it is. */
export function cannotFill(dataset: string, { dataset: output, type }: DatasetRef): PipelineError {
  return new PipelineError(
    'OUTPUT_NOT_JSON',
    `"${dataset}" cannot be filled by the output "${output}": it is a ${type} and no JSON value. Save it in the catalog, and let both pipelines name that dataset.`,
    { details: { dataset: output } },
  );
}

/** The parts between which an output goes from one interval to the next: the last and the first where nobody says. */
export function carryPlaces(
  parts: readonly { name: string }[],
  carry: { from?: string; into?: string },
): { from: string; into: string } {
  return { from: carry.from ?? parts.at(-1)?.name ?? '', into: carry.into ?? parts[0]?.name ?? '' };
}

/** The outputs of a part that other parts and the next interval take from it. */
export function takenOutputs({ job, keep }: PartsRun, name: string): string[] {
  const taken = job.parts.flatMap(({ inputs = {} }) =>
    Object.values(inputs).flatMap((each) => (each.part === name ? [each.output] : [])),
  );
  return keep?.part === name ? [...taken, keep.output] : taken;
}

/** What a part asks of its session; it returns also what other parts and the next interval take from it. */
export function partRequest(run: PartsRun, { name, request }: RequestPart, values: JsonObject): RunRequest {
  const { job, interval, runId, saveVersion } = run;
  const asked = takenOutputs(run, name);
  const outputs = asked.length === 0 ? request.outputs : [...new Set([...(request.outputs ?? []), ...asked])];
  const runtimeData = { ...request.runtimeData, ...values };
  return {
    ...request,
    runId,
    saveVersion,
    runtimeParams: { ...request.runtimeParams, ...intervalParamsOf(job, interval) },
    ...(Object.keys(runtimeData).length === 0 ? {} : { runtimeData }),
    ...(outputs === undefined ? {} : { outputs }),
  };
}

/** The reports of a run's parts as one. `startedAt` and `durationMs` in milliseconds. */
export function mergedReport(
  { runId, saveVersion }: PartsRun,
  reports: readonly RunReport[],
  startedAt: number,
  durationMs: number,
): RunReport {
  const [only] = reports;
  if (only !== undefined && reports.length === 1) return only;
  return {
    runId,
    saveVersion,
    pipelines: reports.flatMap(({ pipelines }) => pipelines),
    startedAt: new Date(startedAt).toISOString(),
    durationMs,
    nodes: reports.flatMap(({ nodes }) => nodes),
    outputs: Object.assign({}, ...reports.map(({ outputs }) => outputs)) as JsonObject,
    references: Object.assign({}, ...reports.map(({ references }) => references)) as RunReport['references'],
    saved: reports.flatMap(({ saved }) => saved),
  };
}

/**
 * Whether every persisted dataset that runs of these requests would save is there. Where they save none, there is nothing to
 * tell by, and the answer is false.
 */
export async function areOutputsThere(
  requests: readonly RunRequest[],
  params: JsonObject,
  check: (request: RunRequest) => Promise<OutputsReport>,
): Promise<boolean> {
  let there = 0;
  for (const request of requests) {
    const found = await check({ ...request, runtimeParams: { ...request.runtimeParams, ...params } });
    if (found.missing.length > 0) return false;
    there += found.there.length;
  }
  return there > 0;
}
