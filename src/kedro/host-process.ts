/**
 * One Python process that holds the project. Its states: opening, idle, working (one call at a time), ended. A process that
 * ends while it works fails its call with `HOST_DIED`; `interrupt` asks the run in it to stop, `kill` ends it and all that it
 * started. It ends by itself when this process is gone, in whatever way.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES, type ErrorCode, type ErrorDetails, PipelineError, type RunEvent } from '../core/index.ts';
import { encodeFrame, type Frame, frameReader } from './frames.ts';
import { followLines } from './log-lines.ts';
import type { ResolvedKedroOptions } from './options.ts';
import { type FoundPython, notFound } from './python.ts';

/** The end of a call. */
export interface HostAnswer {
  readonly ok: unknown;
  readonly attached: Buffer;
  /** Datasets that the run saved. */
  readonly saved: string[];
}

export interface CallOptions {
  readonly attached?: readonly Uint8Array[];
  readonly onEvent?: (event: RunEvent) => void;
  /** Asked after each node, where the call is paced. */
  readonly mayGoOn?: () => boolean;
  /** Told of datasets that were saved, whether the call fails or not. */
  readonly onSaved?: (datasets: string[]) => void;
}

interface Call extends CallOptions {
  readonly resolve: (answer: HostAnswer) => void;
  readonly reject: (error: unknown) => void;
}

const ONE_THREAD = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMEXPR_NUM_THREADS'];
const MAIN = path.join(import.meta.dirname, 'host', '__main__.py');
const IS_POSIX = process.platform !== 'win32';
const LAST_WORDS = 2_000;

export class HostProcess {
  readonly startedAt = Date.now();
  readonly ended: Promise<void>;
  runs = 0;
  residentBytes = 0;
  /** Datasets that other hosts have saved since this one was last told. */
  readonly stale = new Set<string>();
  readonly #child: ChildProcess;
  readonly #requests: Duplex;
  #call: Call | undefined;
  #end: string | undefined;
  #lastWords = '';

  constructor(python: FoundPython, options: ResolvedKedroOptions) {
    this.#child = spawn(python.command, [MAIN], {
      cwd: options.project,
      env: environmentOf(options),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A group of its own: a Ctrl-C at the terminal is the worker's to handle, and a kill takes what the project started.
      detached: IS_POSIX,
      windowsHide: true,
    });
    const { stdio } = this.#child;
    this.#requests = stdio[3] as Duplex;
    const words = (log: Parameters<typeof options.onLog>[0]) => {
      if (log.stream === 'stderr') this.#lastWords = `${this.#lastWords}${log.line}\n`.slice(-LAST_WORDS);
      options.onLog(log);
    };
    followLines(stdio[1] as Readable, 'stdout', words);
    followLines(stdio[2] as Readable, 'stderr', words);
    (stdio[4] as Readable).on(
      'data',
      frameReader((frame) => this.#take(frame)),
    );
    // A pipe to a process that is gone breaks; that it is gone is told by its exit.
    for (const stream of stdio) stream?.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (cause: NodeJS.ErrnoException) => {
        const message = `${python.command} cannot be started (${python.because}): ${cause.message}`;
        this.#over(message, notFound(message, python.command, cause));
        resolve();
      });
      this.#child.once('close', (code, signal) => {
        this.#over(signal === null ? `with exit code ${code}` : `by ${signal}`);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Asks, and waits for the answer. Throws what the host answers, or `HOST_DIED`. */
  call(message: object, options: CallOptions = {}): Promise<HostAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#died());
        return;
      }
      this.#call = { ...options, resolve, reject };
      this.#requests.write(encodeFrame(message, options.attached));
    });
  }

  /** Ends the run in it by a KeyboardInterrupt; on Windows, which has none for other processes, ends the process. */
  interrupt(): void {
    if (this.#end !== undefined) return;
    if (IS_POSIX) this.#child.kill('SIGINT');
    else this.kill();
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    try {
      if (IS_POSIX) process.kill(-pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch {
      // Gone already.
    }
  }

  /** Lets it end by itself, and kills it when it takes longer. */
  async end(graceMs: number): Promise<void> {
    this.#requests.end();
    const abort = new AbortController();
    await Promise.race([this.ended, sleep(graceMs, undefined, { signal: abort.signal, ref: false }).catch(() => {})]);
    abort.abort();
    this.kill();
    await this.ended;
  }

  #take({ message, attached }: Frame): void {
    const call = this.#call;
    if (call === undefined) return;
    const events = message.events as RunEvent[] | undefined;
    if (events !== undefined) {
      for (const event of events) call.onEvent?.(event);
      if (message.asks === true) this.#requests.write(encodeFrame({ stop: call.mayGoOn?.() === false }));
      return;
    }
    this.#call = undefined;
    this.residentBytes = Number(message.rss ?? 0);
    const saved = (message.saved as string[] | undefined) ?? [];
    call.onSaved?.(saved);
    if (message.error === undefined) call.resolve({ ok: message.ok, attached, saved });
    else call.reject(errorFrom(message.error as ToldError));
  }

  #over(how: string, error?: PipelineError): void {
    this.#end ??= how;
    this.#child.stdin?.destroy();
    this.#call?.reject(error ?? this.#died());
    this.#call = undefined;
  }

  #died(): PipelineError {
    const words = this.#lastWords.trim();
    const said = words === '' ? '' : ` Its last words: ${words.split('\n').slice(-5).join(' | ')}`;
    return new PipelineError('HOST_DIED', `The Python process of the project ended ${this.#end ?? ''}.${said}`, {
      details: { pid: this.pid },
    });
  }
}

interface ToldError {
  code: string;
  message: string;
  retryable?: boolean;
  details?: ErrorDetails;
  traceback?: string;
}

function errorFrom(told: ToldError): PipelineError {
  const code: ErrorCode = Object.hasOwn(ERROR_CODES, told.code) ? (told.code as ErrorCode) : 'HOST_FAILED';
  return new PipelineError(code, told.message, {
    details: told.details ?? {},
    ...(told.retryable === undefined ? {} : { retryable: told.retryable }),
    ...(told.traceback === undefined ? {} : { cause: new PythonError(told.traceback) }),
  });
}

/** What Python says about where an error comes from: `message` is the last line of its traceback, `stack` the whole. */
class PythonError extends Error {
  override readonly name = 'PythonError';

  constructor(traceback: string) {
    super(traceback.trim().split('\n').at(-1) ?? '');
    this.stack = traceback;
  }
}

// With the default number of threads, small models are several times slower on a busy machine, and times vary.
function environmentOf({ environment }: ResolvedKedroOptions): NodeJS.ProcessEnv {
  const own = { ...process.env, ...environment };
  for (const name of ONE_THREAD) own[name] ||= '1';
  return { ...own, PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1' };
}
