import { spawn } from 'node:child_process';
import type { Environment } from './executables.ts';

/** The last lines that a program has written, for an error that quotes them. */
export class OutputTail {
  readonly #limit: number;
  #text = '';

  /** `limit`: characters to keep. */
  constructor(limit = 4_000) {
    this.#limit = limit;
  }

  add(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-this.#limit);
  }

  /** The last `lines` lines, trimmed; empty when nothing was written. */
  last(lines: number): string {
    return this.#text.trim().split(/\r?\n/).slice(-lines).join('\n').trim();
  }
}

export interface CommandOptions {
  cwd: string;
  environment: Environment;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end. Throws an `Error` whose message quotes its last lines when it fails or takes too long, and
 * the signal's reason when that ends it.
 */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const tail = new OutputTail();
  const timeLimit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timeLimit : AbortSignal.any([timeLimit, options.signal]);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    signal,
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => tail.add(chunk));
  const ending = await new Promise<{ error: Error } | { exit: string | undefined }>((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (code, name) => resolve({ exit: code === 0 ? undefined : describeExit(code, name) }));
  });
  options.signal?.throwIfAborted();
  if (timeLimit.aborted) throw new Error(`${file} did not end within ${options.timeoutMs / 1000} s.`);
  if ('error' in ending) throw ending.error;
  if (ending.exit !== undefined) throw new Error(`${file} ended with ${ending.exit}: ${tail.last(6) || 'no output'}`);
}

/** How a process ended, in words. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${code}` : `the signal ${signal}`;
}
