/** Following something long on a server: its progress until it has ended, or until Ctrl-C turns away from it. */
import { untilInterrupted } from './interrupt.ts';
import { endLine } from './live-line.ts';
import type { SettledServer } from './server.ts';
import { say } from './terminal.ts';
import type { WorkerFlags } from './worker.ts';

const LOOK_EVERY_MS = 200;
const AWAY_MS = 1_000;

/** What is followed. */
interface Followed<Progress, Report> {
  progress(): Promise<Progress>;
  result(): Promise<Report>;
}

/** Where its progress is shown. */
interface View<Progress> {
  show(progress: Progress): void;
  end(): void;
}

/** Does `work`; an interrupt says what becomes of it and turns away. Undefined where that happened. */
export function followed<Report>(
  { dev }: { dev?: boolean },
  work: (detached: AbortSignal) => Promise<Report | undefined>,
): Promise<Report | undefined> {
  const detach = new AbortController();
  return untilInterrupted(
    () => work(detach.signal),
    () => {
      endLine();
      say(
        dev
          ? 'Stopped. The same command goes on where it stood.'
          : 'Detached. It goes on meanwhile; the same command comes back to it.',
      );
      detach.abort();
    },
  );
}

/** Does `work` with a dev server and a worker for as long as it takes. */
export async function withDevServer<Flags extends WorkerFlags, Report>(
  flags: Flags,
  detached: AbortSignal,
  work: (flags: Flags & SettledServer) => Promise<Report | undefined>,
): Promise<Report | undefined> {
  const { openLocalStack } = await import('./worker.ts');
  const stack = await openLocalStack(flags, detached);
  try {
    return detached.aborted ? undefined : await work({ ...flags, ...stack.flags });
  } finally {
    await stack.close();
  }
}

/** Shows progress until it has ended, or until the person turns away from it. */
export async function untilDone<Progress, Report>(
  handle: Followed<Progress, Report>,
  view: View<Progress>,
  detached: AbortSignal,
): Promise<Report> {
  const done = resultOf(handle, detached);
  done.catch(() => {});
  const isDone = done.then(
    () => true,
    () => true,
  );
  try {
    while (!detached.aborted && !(await Promise.race([isDone, pause(LOOK_EVERY_MS)]))) {
      // A query needs a worker; while there is none, the last picture stays.
      const progress = await handle.progress().catch(() => undefined);
      if (progress !== undefined) view.show(progress);
    }
    const report = await done;
    const last = await handle.progress().catch(() => undefined);
    if (last !== undefined) view.show(last);
    return report;
  } finally {
    view.end();
  }
}

/** The result, also of a server that is away for a while: what runs there goes on when it is back. */
async function resultOf<Report>(
  handle: Pick<Followed<unknown, Report>, 'result'>,
  detached: AbortSignal,
): Promise<Report> {
  let isAway = false;
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (detached.aborted || !isServiceError(error)) throw error;
      if (!isAway) say('The server does not answer; the work goes on when it is back. Ctrl-C detaches.');
      isAway = true;
      await pause(AWAY_MS);
    }
  }
}

// By name: the class is in a package that is loaded only where it is needed.
function isServiceError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ServiceError';
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
