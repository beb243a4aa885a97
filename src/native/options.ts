import { availableParallelism } from 'node:os';
import path from 'node:path';
import { PipelineError } from '../core/index.ts';
import type { ProjectSettings } from './settings.ts';

/** What to open. */
export interface NativeSessionOptions extends ProjectSettings {
  /** The project's folder: it has `conf/`, and `pipelines/` beside it. */
  project: string;
  /** Configuration environment, a folder under `conf`. Default: `KEDRO_ENV`, else what `configLoader` says, else `local`. */
  env?: string;
  /** The folder that holds the environments; a relative one is below the project. Default: `conf`. */
  confSource?: string;
  /** Name of the session in reports. Default: a fresh one. */
  id?: string;
  /**
   * `thread`: runs are in threads of their own, so a node that keeps its thread busy stops nobody else, and a cancel ends it.
   * `docs/runners.md` says what cannot cross. Default: `inline`, in the caller's thread.
   */
  isolation?: 'inline' | 'thread';
  /** Most threads, each with one run at a time; they are started when they are needed. Default: one for each processor. */
  threads?: number;
  /**
   * How long a run may take to end after a cancel, in milliseconds; then its thread is ended. One that computes, and so cannot
   * hear of the cancel, is ended after half of that. Default: 1,000.
   */
  cancelGraceMs?: number;
  /** Most memory of each thread's heap, in MiB: one that needs more ends with `THREAD_DIED`. Default: Node's own limit. */
  threadMemoryMb?: number;
}

export interface ResolvedSessionOptions {
  readonly project: string;
  /** Undefined where the project's settings decide. */
  readonly env: string | undefined;
  readonly confSource: string | undefined;
  readonly id: string;
  readonly isolation: 'inline' | 'thread';
  readonly threads: number;
  readonly cancelGraceMs: number;
  readonly threadMemoryMb: number | undefined;
}

/** Fills in defaults. An empty text counts as not given. Throws `PROJECT_SETTINGS_INVALID`. */
export function resolveOptions(
  options: NativeSessionOptions,
  environment: NodeJS.ProcessEnv,
  newId: () => string,
): ResolvedSessionOptions {
  const { isolation = 'inline', threads = availableParallelism(), cancelGraceMs = 1_000, threadMemoryMb } = options;
  if (isolation !== 'inline' && isolation !== 'thread') throw invalid('isolation', 'neither "inline" nor "thread"');
  if (!Number.isInteger(threads) || threads < 1) throw invalid('threads', 'no whole number from 1');
  if (!(cancelGraceMs >= 0)) throw invalid('cancelGraceMs', 'no number of milliseconds');
  if (threadMemoryMb !== undefined && !(threadMemoryMb > 0)) throw invalid('threadMemoryMb', 'no number of MiB');
  return {
    project: path.resolve(options.project),
    env: options.env || environment.KEDRO_ENV || undefined,
    confSource: options.confSource || undefined,
    id: options.id || newId(),
    isolation,
    threads,
    cancelGraceMs,
    threadMemoryMb,
  };
}

function invalid(option: string, why: string): PipelineError {
  return new PipelineError(
    'PROJECT_SETTINGS_INVALID',
    `The session cannot be opened: its option "${option}" is ${why}.`,
    {
      details: { option },
    },
  );
}
