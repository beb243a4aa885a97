import { totalmem } from 'node:os';
import path from 'node:path';
import { PipelineError } from '../core/index.ts';

/** A line that the project printed or logged. */
export interface HostLog {
  line: string;
  stream: 'stdout' | 'stderr';
  /** The run it belongs to; none for what is said while the project opens. */
  runId?: string;
}

/** What to open. */
export interface KedroSessionOptions {
  /** The project's folder: it has the `pyproject.toml` with `[tool.kedro]`. */
  project: string;
  /** The Python to use. Default: `KEDRO_TEMPORAL_PYTHON`, the project's `.venv`, `VIRTUAL_ENV`, `python3`. */
  python?: string;
  /** Configuration environment. Default: what Kedro takes, `KEDRO_ENV` or the loader's `default_run_env`. */
  env?: string;
  /** Another place for `conf`. Default: the project's own. */
  confSource?: string;
  /** Name of the session in reports. Default: a fresh one. */
  id?: string;
  /** Python processes, each with one run at a time. Default: 1. */
  hosts?: number;
  /** Runner by Kedro's name or a class path. Default: `SequentialRunner`. */
  runner?: string;
  /** Whether the runner loads and saves with threads. Default: false. */
  isAsync?: boolean;
  /** Runtime params that may fill a path with `..`, an absolute path or a URL. Default: none. */
  allowUnsafeParams?: readonly string[];
  /** A host is replaced after so many runs. Default: 10,000. */
  maxRunsPerHost?: number;
  /** A host that holds more than this, in MiB, is replaced after its run. Default: half of the machine's memory, by hosts. */
  maxHostMemoryMb?: number;
  /** How long a cancelled run may take to end before its host is killed, in milliseconds. Default: 5,000. */
  cancelGraceMs?: number;
  /** How long a host may take to open the project, in milliseconds. Default: 120,000. */
  openTimeoutMs?: number;
  /** Variables for the Python processes, added to this process's own. */
  environment?: Record<string, string>;
  /** Takes what the project prints and logs. Default: lines on standard error, led by the run id. */
  onLog?: (log: HostLog) => void;
}

export interface ResolvedKedroOptions
  extends Required<Omit<KedroSessionOptions, 'python' | 'env' | 'confSource' | 'runner'>> {
  readonly python: string | undefined;
  readonly env: string | undefined;
  readonly confSource: string | undefined;
  readonly runner: string | undefined;
}

/** Fills in defaults. Throws `REQUEST_INVALID` for a number that makes no sense. */
export function resolveOptions(options: KedroSessionOptions, newId: () => string): ResolvedKedroOptions {
  const hosts = positive('hosts', options.hosts ?? 1);
  return {
    project: path.resolve(options.project),
    python: options.python || undefined,
    env: options.env || undefined,
    confSource: options.confSource === undefined ? undefined : path.resolve(options.confSource),
    id: options.id || newId(),
    hosts,
    runner: options.runner || undefined,
    isAsync: options.isAsync ?? false,
    allowUnsafeParams: options.allowUnsafeParams ?? [],
    maxRunsPerHost: positive('maxRunsPerHost', options.maxRunsPerHost ?? 10_000),
    maxHostMemoryMb: positive('maxHostMemoryMb', options.maxHostMemoryMb ?? Math.ceil(totalmem() / 2 ** 21 / hosts)),
    cancelGraceMs: options.cancelGraceMs ?? 5_000,
    openTimeoutMs: options.openTimeoutMs ?? 120_000,
    environment: options.environment ?? {},
    onLog: options.onLog ?? toStandardError,
  };
}

function positive(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new PipelineError(
    'REQUEST_INVALID',
    `The option "${name}" must be a whole number of at least 1, not ${value}.`,
  );
}

function toStandardError({ line, runId }: HostLog): void {
  process.stderr.write(runId === undefined ? `${line}\n` : `[${JSON.stringify(runId).slice(1, -1)}] ${line}\n`);
}
