/** Following something long on a server: its progress until it has ended, or until Ctrl-C turns away from it. */
import { PipelineError } from '../core/index.ts';
import { sameCommand } from './come-back.ts';
import { untilInterrupted } from './interrupt.ts';
import { endLine } from './live-line.ts';
import type { SettledServer } from './server.ts';
import { print, printJson, say } from './terminal.ts';
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

/** How a command that follows something was called. */
export interface FollowFlags {
  dev?: boolean;
  /** Start it, and leave it to itself. */
  detach?: boolean;
  local?: boolean;
  json?: boolean;
}

/** Something that was started, and how to come back to it. */
export interface Left {
  /** Its id, under the name that its report gives it. */
  id: { runId: string } | { id: string };
  isNew: boolean;
  comeBack: string;
}

/** Throws `REQUEST_INVALID` for `--detach` with what ends as the command does. */
export function checkFollow({ dev, detach, local }: FollowFlags): void {
  if (!detach || !(dev || local)) return;
  const flag = dev ? '--dev' : '--local';
  throw new PipelineError(
    'REQUEST_INVALID',
    `--detach leaves the work to a server and workers that stay, and ${flag} ends both with the command; give one of them.`,
  );
}

/** Tells of what was left to itself: its id on stdout, how to come back on stderr. */
export function showLeft({ id, isNew, comeBack }: Left, { json }: FollowFlags): void {
  if (json) printJson({ ...id, isNew, comeBack });
  else print(Object.values(id).join());
  say(`It goes on by itself. Come back with:\n  ${comeBack}`);
}

/**
 * Does `work`; an interrupt says what becomes of it and turns away. Undefined where that happened. `leave` tells it how to
 * come back, once that is known.
 */
export function followed<Report>(
  { dev }: FollowFlags,
  work: (detached: AbortSignal, leave: (comeBack: string) => void) => Promise<Report | undefined>,
): Promise<Report | undefined> {
  const detach = new AbortController();
  let comeBack = sameCommand();
  return untilInterrupted(
    () =>
      work(detach.signal, (command) => {
        comeBack = command;
      }),
    () => {
      endLine();
      const what = dev ? 'Stopped. This goes on where it stood:' : 'Detached; it goes on by itself. Come back with:';
      say(`${what}\n  ${comeBack}`);
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
