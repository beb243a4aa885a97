/** What a run was asked for, from the first event of its history. */
import type { Client } from '@temporalio/client';
import type { RunJobInput, RunPipelineInput } from '../../workflows/index.ts';
import type { JsonObject, RunRequest } from '../core/index.ts';
import { hashJson, partRequest, type RunInterval } from '../planner/index.ts';
import { decoded, type HistoryEvent } from './history-words.ts';

/** See above. */
export interface AskedRun {
  interval?: RunInterval;
  pipelines: string[];
  /** Of all parts, the interval's included. */
  runtimeParams: JsonObject;
  /** The name of the part that makes a request; asked once for each request of a history. */
  partOf(request: RunRequest): string;
}

/** Reads it. */
export async function askedRun(client: Client, runId: string, events: readonly HistoryEvent[]): Promise<AskedRun> {
  const first = events[0]?.workflowExecutionStartedEventAttributes;
  const [input] = (await decoded(client, first?.input?.payloads)) as [(RunPipelineInput | RunJobInput)?];
  if (input === undefined) return { pipelines: [], runtimeParams: {}, partOf: pipelinesOf };
  return 'job' in input ? askedJob(runId, input) : askedPipelines(input);
}

function askedPipelines({ request }: RunPipelineInput): AskedRun {
  return {
    pipelines: request.pipelines ?? ['__default__'],
    runtimeParams: request.runtimeParams ?? {},
    partOf: pipelinesOf,
  };
}

function askedJob(runId: string, { job, interval, carried, keep }: RunJobInput): AskedRun {
  const run = { job, interval, runId, saveVersion: '', carried, keep };
  const requests = job.parts.map((part) => ({ name: part.name, request: partRequest(run, part, {}) }));
  const left = requests.map(({ name, request }) => ({ name, hash: hashOf(request) }));
  return {
    ...(interval === undefined ? {} : { interval }),
    pipelines: [...new Set(requests.flatMap(({ request }) => request.pipelines ?? ['__default__']))],
    runtimeParams: Object.assign({}, ...requests.map(({ request }) => request.runtimeParams)) as JsonObject,
    partOf(request) {
      const hash = hashOf(request);
      const at = left.findIndex((each) => each.hash === hash);
      // Two parts may ask for the same.
      return left.splice(at, at < 0 ? 0 : 1)[0]?.name ?? pipelinesOf(request);
    },
  };
}

// Without what only the run knows: its values and its times.
function hashOf({ runtimeData: _, saveVersion: __, runId: ___, ...request }: RunRequest): string {
  return hashJson(JSON.parse(JSON.stringify(request)) as JsonObject);
}

function pipelinesOf({ pipelines = ['__default__'] }: RunRequest): string {
  return pipelines.join(', ');
}
