/** The real command line, as a process of its own, from source. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export const ROOT = path.resolve(import.meta.dirname, '../..');
/** Flags of Node that take this package from its source, in any folder. */
export const FROM_SOURCE = ['--import', import.meta.resolve('tsx'), '--conditions=kedro-temporal-source'];
export const MAIN = path.join(ROOT, 'src/cli/main.ts');

export interface Ended {
  /** `null` when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Waits until it has said that on stdout or stderr. Fails when it ends without, with what it said instead. */
  said(text: string | RegExp): Promise<void>;
}

/** Starts `kedro-temporal …`; it is killed with the test at the latest. `env` is added to this process' environment. */
export function startCommand(args: readonly string[], env: Record<string, string> = {}): Command {
  return startNode([...FROM_SOURCE, MAIN, ...args], env);
}

/** Starts `node …`, as {@link startCommand} does. */
export function startNode(args: readonly string[], env: Record<string, string> = {}, cwd = ROOT): Command {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, TEMPORAL_ADDRESS: '', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      heard[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...heard }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    async said(text) {
      const isSaid = () =>
        [heard.stdout, heard.stderr].some((all) => (typeof text === 'string' ? all.includes(text) : text.test(all)));
      const hearing = new Promise<void>((resolve) => {
        const listener = () => isSaid() && resolve();
        listeners.add(listener);
        listener();
      });
      await Promise.race([hearing, ended]);
      if (!isSaid()) throw new Error(`the command ended without saying ${text}: ${JSON.stringify(await ended)}`);
    },
  };
}

/** Runs `kedro-temporal …` to its end. */
export async function command(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return await startCommand(args, env).ended;
}

/** The one JSON document that is on stdout. */
export function documentOf({ stdout, stderr }: Ended): Record<string, unknown> {
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`stdout is not one JSON document: ${stdout}\nstderr: ${stderr}`, { cause });
  }
}
