/** One run in one host: the message, its events, a cancel, the report. */
import type { DatasetRef, JsonValue, LiveRun, NodeReport, RunReport, RunRequest } from '../core/index.ts';
import type { HostProcess } from './host-process.ts';
import { bytesAt, type Place, type SentData, tableOf } from './values.ts';

export interface HostRun {
  readonly request: RunRequest;
  readonly live: LiveRun;
  readonly sent: SentData;
  readonly runId: string;
  readonly saveVersion: string;
  /** Fires with the error that the run is to end with. */
  readonly signal: AbortSignal;
  readonly graceMs: number;
  readonly onSaved: (datasets: string[]) => void;
  readonly onHits: (keys: string[]) => void;
}

interface RunAnswer {
  nodes: NodeReport[];
  outputs: Record<string, JsonValue>;
  references: Record<string, DatasetRef>;
  saved: DatasetRef[];
  hits: string[];
  tables: Record<string, Place>;
}

/** Runs once. Throws a `PipelineError`; a run that was cancelled has ended, or its host has, before this throws. */
export async function runInHost(host: HostProcess, run: HostRun): Promise<RunReport> {
  const { request, live, runId, saveVersion, signal } = run;
  // Who calls off in the same breath must find nothing started.
  await undefined;
  signal.throwIfAborted();
  const startedAt = Date.now();
  const start = performance.now();
  host.runs++;
  const stale = [...host.stale];
  host.stale.clear();
  const called = host.call(
    {
      op: 'run',
      runId,
      saveVersion,
      request,
      data: run.sent.data,
      resume: live.resume,
      events: live.onEvent !== undefined,
      paced: isPaced(live),
      results: live.results !== undefined,
      stale,
    },
    {
      attached: run.sent.attached,
      onSaved: run.onSaved,
      onEvent(event) {
        if (!signal.aborted) live.onEvent?.(event);
      },
      mayGoOn: () => !signal.aborted,
    },
  );
  const { ok, attached } = await cancellable(called, host, run);
  const answer = ok as RunAnswer;
  run.onHits(answer.hits);
  if (live.results !== undefined) await fillResults(live.results, answer, attached);
  return {
    runId,
    pipelines: request.pipelines?.length ? request.pipelines : ['__default__'],
    saveVersion,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: performance.now() - start,
    nodes: answer.nodes,
    outputs: answer.outputs,
    references: answer.references,
    saved: answer.saved,
  };
}

const INTERRUPT_EVERY_MS = 20;

// Who hears of events and can cancel may do so between two nodes; that costs a round trip through the pipe for each node.
function isPaced({ signal, onEvent, runsAhead = false }: LiveRun): boolean {
  return signal !== undefined && onEvent !== undefined && !runsAhead;
}

async function cancellable<T>(work: Promise<T>, host: HostProcess, { signal, graceMs }: HostRun): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  const stop = () => {
    host.interrupt();
    // A host that has not begun to read the request has not heard it; one that is done does not mind.
    again = setInterval(() => host.interrupt(), INTERRUPT_EVERY_MS);
    timer = setTimeout(() => host.kill(), graceMs);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const value = await work;
    if (signal.aborted) throw signal.reason;
    return value;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    clearInterval(again);
    signal.removeEventListener('abort', stop);
  }
}

async function fillResults(results: Map<string, unknown>, answer: RunAnswer, attached: Buffer): Promise<void> {
  for (const [name, value] of Object.entries(answer.outputs)) results.set(name, value);
  for (const [name, place] of Object.entries(answer.tables)) {
    results.set(name, await tableOf(await bytesAt(place, attached), name));
  }
}
