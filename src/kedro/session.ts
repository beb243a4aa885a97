/**
 * The Kedro engine's session: a real Kedro project in warm Python processes.
 *
 * Its states: opening (the promise of `openKedroSession`), open, closed. In `open` runs may overlap; each has one host to
 * itself, and waits for one in the order of the calls. `close()` moves to closed: what waits or runs ends with
 * `SESSION_CLOSED`, and the processes end.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  cancelledBy,
  type DescribeOptions,
  failedDatasets,
  type LiveRun,
  type OutputsReport,
  PipelineError,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunReport,
  type RunRequest,
  saveVersionClock,
  sessionClosed,
  takeRequest,
} from '../core/index.ts';
import { hostOpener } from './host-opening.ts';
import { HostPool } from './host-pool.ts';
import type { HostProcess } from './host-process.ts';
import { runInHost } from './host-run.ts';
import { type KedroSessionOptions, type ResolvedKedroOptions, resolveOptions } from './options.ts';
import { findPython } from './python.ts';
import { encodeData, type SentData } from './values.ts';
import { type LoadedArtifact, type PreloadSpec, WarmArtifacts } from './warm-artifacts.ts';

/**
 * Opens a session on an unchanged Kedro project (kedro 1.0 or later). Starts Python, imports the project and its pipelines
 * and reads its configuration, once; connects to nothing. Throws `PROJECT_NOT_FOUND`, `PYTHON_NOT_FOUND`,
 * `KEDRO_NOT_INSTALLED`, `KEDRO_TOO_OLD`, `PROJECT_SETTINGS_INVALID`, `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX`,
 * `CONFIG_DUPLICATE_KEY`, `HOST_DIED`, `HOST_FAILED`.
 */
export async function openKedroSession(options: KedroSessionOptions): Promise<PipelineSession> {
  const resolved = resolveOptions(options, randomUUID);
  checkProject(resolved.project);
  const python = findPython(resolved.project, resolved.python, { ...process.env, ...resolved.environment });
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-'));
  const warm = new WarmArtifacts();
  const pool = new HostPool({ ...resolved, open: hostOpener(python, resolved, folder, warm) });
  try {
    await pool.open();
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return new KedroSession(resolved, pool, warm, folder);
}

function checkProject(project: string): void {
  if (existsSync(path.join(project, 'pyproject.toml'))) return;
  throw new PipelineError('PROJECT_NOT_FOUND', `${project} is no Kedro project: it has no pyproject.toml.`, {
    details: { project },
  });
}

const CLOSE_GRACE_MS = 1_000;

class KedroSession implements PipelineSession {
  readonly id: string;
  readonly project: string;
  readonly #options: ResolvedKedroOptions;
  readonly #pool: HostPool;
  readonly #warm: WarmArtifacts;
  readonly #folder: string;
  readonly #failed = failedDatasets();
  readonly #running = new Set<AbortController>();
  #closed: Promise<void> | undefined;
  readonly #nextVersion = saveVersionClock();

  constructor(options: ResolvedKedroOptions, pool: HostPool, warm: WarmArtifacts, folder: string) {
    this.id = options.id;
    this.project = options.project;
    this.#options = options;
    this.#pool = pool;
    this.#warm = warm;
    this.#folder = folder;
  }

  async describe({ runtimeParams }: DescribeOptions = {}): Promise<ProjectDescription> {
    this.#checkOpen();
    const asked = runtimeParams === undefined ? {} : { runtimeParams };
    const { ok } = await this.#pool.use((host) => host.call({ op: 'describe', ...asked }));
    const said = ok as Pick<ProjectDescription, 'env' | 'pipelines' | 'datasets' | 'parameters' | 'kedro'>;
    const datasets = this.#failed.show(said.datasets);
    const { id: sessionId, project } = this;
    return { sessionId, engine: 'kedro', project, ...said, datasets, warm: this.#warm.describe() };
  }

  async preload(artifacts: string[], options: PreloadOptions = {}): Promise<PreloadReport> {
    this.#checkOpen();
    const { runtimeParams = {}, refresh = 'never', copyMode, signal } = options;
    const spec: PreloadSpec = {
      artifacts: [...artifacts],
      runtimeParams: structuredClone(runtimeParams),
      refresh,
      ...(copyMode === undefined ? {} : { copyMode }),
    };
    const aborted = () => cancelledBy(signal?.reason);
    if (signal?.aborted) throw aborted();
    let first: HostProcess | undefined;
    const { ok } = await this.#pool.use(
      (host) => {
        first = host;
        const stale = [...host.stale];
        host.stale.clear();
        return host.call({ op: 'preload', ...spec, stale });
      },
      signal,
      aborted,
    );
    const report = ok as { loaded: LoadedArtifact[]; kept: string[] };
    this.#warm.add(spec, report.loaded);
    await this.#pool.inEach(first, (host) => host.call({ op: 'preload', ...spec }));
    const loaded = report.loaded.map(({ dataset, durationMs }) => ({ dataset, durationMs }));
    return { loaded, kept: report.kept, dropped: [] };
  }

  async run(given: RunRequest, givenLive: LiveRun = {}): Promise<RunReport> {
    this.#checkOpen();
    // All is taken before the first await: the caller may change it from then on.
    const request = takeRequest(given);
    const live = { ...givenLive };
    const data = { ...live.data };
    const { signal } = live;
    const control = new AbortController();
    const onAbort = () => control.abort(cancelledBy(signal?.reason));
    if (signal?.aborted) throw cancelledBy(signal.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#running.add(control);
    try {
      const sent = live.data === undefined ? NOTHING_SENT : await encodeData(data, this.#folder);
      control.signal.throwIfAborted();
      const report = await this.#pool.use(
        (host) => this.#runIn(host, request, live, sent, control.signal),
        control.signal,
        () => control.signal.reason,
      );
      this.#failed.note(request);
      return report;
    } catch (error) {
      this.#failed.note(request, error);
      throw error;
    } finally {
      this.#running.delete(control);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #runIn(
    host: HostProcess,
    request: RunRequest,
    live: LiveRun,
    sent: SentData,
    signal: AbortSignal,
  ): Promise<RunReport> {
    return runInHost(host, {
      request,
      live,
      sent,
      signal,
      runId: request.runId ?? randomUUID(),
      saveVersion: request.saveVersion ?? this.#nextVersion(),
      graceMs: this.#closed === undefined ? this.#options.cancelGraceMs : CLOSE_GRACE_MS,
      onHits: (keys) => this.#warm.hit(keys),
      onSaved: (datasets) => {
        for (const other of this.#pool.hosts) {
          if (other !== host) for (const name of datasets) other.stale.add(name);
        }
      },
    });
  }

  async checkOutputs(given: RunRequest): Promise<OutputsReport> {
    this.#checkOpen();
    const request = takeRequest(given);
    const { ok } = await this.#pool.use((host) => host.call({ op: 'outputs', request }));
    return ok as OutputsReport;
  }

  async releaseCache(artifacts?: string[]): Promise<ReleaseReport> {
    this.#checkOpen();
    const released = this.#warm.release(artifacts);
    await this.#pool.inEach(undefined, (host) => host.call({ op: 'release', ...(artifacts && { artifacts }) }));
    return { released };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    const error = sessionClosed(this.id);
    for (const control of this.#running) control.abort(error);
    await this.#pool.close(error, CLOSE_GRACE_MS);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw sessionClosed(this.id);
  }
}

const NOTHING_SENT: SentData = { data: {}, attached: [] };
