import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { messageOf, PipelineError } from '../core/index.ts';
import { describeExit, OutputTail } from './command.ts';
import type { Environment } from './executables.ts';
import { endProcess, tieToOurs } from './processes.ts';

/** Milliseconds that a server gets to end by itself; it needs about one second. */
export const END_GRACE_MS = 5_000;

/** A server that runs and ends with our process at the latest. */
export interface RunningServer {
  readonly pid: number;
  /** How it ended, if it has ended unasked and that can be seen. */
  ending(): string | undefined;
  /** The last lines of its errors. */
  lastErrors(): string;
  /** Ends it; returns when it is gone. */
  end(): Promise<void>;
}

/**
 * Starts `temporal` with `args`, in a process group of its own so that Ctrl-C reaches us only. Does not keep our process
 * alive. `onEnd` hears of an end that was not asked for. Throws `DEV_SERVER_FAILED` when the file cannot be run at all.
 */
export async function startServerProcess(
  cli: string,
  args: readonly string[],
  environment: Environment,
  onEnd: (how: string, errors: string) => void,
): Promise<RunningServer> {
  const tail = new OutputTail();
  const child = spawn(cli, args, {
    env: withoutTemporalVariables(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  // Awaited below where it matters; a later one (a signal that cannot be sent) is no reason to crash.
  child.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (chunk) => tail.add(chunk));
  let ending: string | undefined;
  let asked = false;
  let untie = () => {};
  // "close", not "exit": by then the last lines have been read.
  child.once('close', (code, signal) => {
    untie();
    ending = describeExit(code, signal);
    if (!asked) onEnd(ending, tail.last(5));
  });
  const pid = await spawned(child, cli);
  if (ending === undefined) untie = tieToOurs(pid);
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return {
    pid,
    ending: () => ending,
    lastErrors: () => tail.last(5),
    async end() {
      asked = true;
      if (ending === undefined) await endProcess(pid, END_GRACE_MS);
      untie();
    },
  };
}

/** A server that an earlier process of ours has started and cannot end any more. */
export function takeOverServer(pid: number): RunningServer {
  const untie = tieToOurs(pid);
  return {
    pid,
    ending: () => undefined,
    lastErrors: () => '',
    async end() {
      await endProcess(pid, END_GRACE_MS);
      untie();
    },
  };
}

async function spawned(child: ReturnType<typeof spawn>, cli: string): Promise<number> {
  try {
    if (child.pid === undefined) await once(child, 'spawn');
    if (child.pid !== undefined) return child.pid;
  } catch (error) {
    throw cannotRun(cli, error);
  }
  throw cannotRun(cli, undefined);
}

function cannotRun(cli: string, cause: unknown): PipelineError {
  return new PipelineError(
    'DEV_SERVER_FAILED',
    `The Temporal CLI ${cli} cannot be run${cause === undefined ? '' : `: ${messageOf(cause)}`}. Remove it or name another one in KEDRO_TEMPORAL_CLI.`,
    { cause, details: { cli } },
  );
}

// The CLI reads its profile, namespace, TLS and address from these; they are meant for clients of some other server.
function withoutTemporalVariables(environment: Environment): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')));
}
