/** One run in one thread: the question, its events, a cancel, the report. */
import { type LiveRun, PipelineError, type RunEvent, type RunReport, type RunRequest } from '../../core/index.ts';
import { canCross } from './crossing.ts';
import type { RunQuestion } from './messages.ts';
import type { NativeThread } from './native-thread.ts';

export interface ThreadRun {
  readonly id: number;
  /** With its run id and save version. */
  readonly request: RunRequest;
  readonly live: LiveRun;
  /** Ends the run, with the error that it is to end with. */
  readonly control: AbortController;
  readonly graceMs: () => number;
  readonly onSaved: (dataset: string) => void;
}

/** Throws `REQUEST_INVALID` for live data that cannot go to a thread. */
export function checkData(data: Record<string, unknown> = {}): void {
  const dataset = Object.keys(data).find((name) => !canCross(data[name]));
  if (dataset === undefined) return;
  throw new PipelineError(
    'REQUEST_INVALID',
    `live.data has a value for "${dataset}" that cannot go to the thread of a run: it is, or holds, a function or an instance of a class. Give plain data, or open the session with isolation "inline".`,
    { details: { dataset } },
  );
}

/** Runs once. Throws a `PipelineError`; a run that was cancelled has ended, or its thread has, before this throws. */
export async function runInThread(thread: NativeThread, run: ThreadRun): Promise<RunReport> {
  const unlisten = thread.listen(run.id, eventListener(run));
  try {
    const { report, results } = await thread.askUntil('run', questionOf(thread, run), run.control.signal, run.graceMs);
    for (const [name, value] of results) run.live.results?.set(name, value);
    return report;
  } finally {
    unlisten();
  }
}

function questionOf(thread: NativeThread, { id, request, live }: ThreadRun): RunQuestion {
  const { signal, onEvent, runsAhead = false } = live;
  return {
    id,
    request,
    hasEvents: onEvent !== undefined,
    // Who hears of events and can cancel may do so between two nodes.
    isPaced: onEvent !== undefined && signal !== undefined && !runsAhead,
    hasResults: live.results !== undefined,
    stale: thread.takeStale(),
    ...(live.data === undefined ? {} : { data: live.data }),
    ...(live.resume === undefined ? {} : { resume: live.resume }),
  };
}

function eventListener({ live, control, onSaved }: ThreadRun): (event: RunEvent) => void {
  return (event) => {
    if (event.type === 'dataset-saved') onSaved(event.dataset);
    try {
      live.onEvent?.(event);
    } catch (error) {
      // As in one thread: a run whose listener throws fails by that.
      control.abort(error);
    }
  };
}
