/**
 * The native engine's session.
 *
 * Its states: opening (the promise of `openNativeSession`), open, closed. In `open` runs may overlap; each has its own
 * values, storage view and cancellation, and shares only what never changes (configuration, plans, frozen artifacts) and
 * connections. `close()` moves to closed: running runs end with `SESSION_CLOSED`, connections are closed.
 */
import { randomUUID } from 'node:crypto';
import {
  cancelledBy,
  type DescribeOptions,
  failedDatasets,
  type LiveRun,
  type OutputsReport,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunReport,
  type RunRequest,
  saveVersionClock,
  sessionClosed,
  takeLive,
  takeRequest,
} from '../core/index.ts';
import { Cancellation } from '../runner/index.ts';
import { describeProject } from './describe.ts';
import { checkOutputs } from './existing-outputs.ts';
import { filledDatasets } from './filled-datasets.ts';
import { type NativeSessionOptions, resolveOptions } from './options.ts';
import type { PreparedRun } from './plans.ts';
import { openProject, type Project } from './project.ts';
import { runOnce, tellFailure } from './run.ts';
import { isSameDataset } from './transcoding.ts';

/**
 * Opens a session on a project whose nodes are TypeScript functions. Reads configuration once; connects to nothing and
 * imports no pipeline. Throws `PROJECT_NOT_FOUND`, `PROJECT_SETTINGS_INVALID`, `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX`,
 * `CONFIG_DUPLICATE_KEY`.
 */
export async function openNativeSession(options: NativeSessionOptions): Promise<PipelineSession> {
  if (options.isolation !== 'thread') return await openInline(options);
  const { openThreadedSession } = await import('./threads/session.ts');
  return await openThreadedSession(resolveOptions(options, process.env, randomUUID), options);
}

/** A session in the caller's thread; `hasSiblings`: other threads have sessions that belong to the same one. */
export async function openInline(options: NativeSessionOptions, hasSiblings = false): Promise<NativeSession> {
  const resolved = resolveOptions(options, process.env, randomUUID);
  return new NativeSession(resolved.id, await openProject(resolved, options, hasSiblings));
}

export class NativeSession implements PipelineSession {
  readonly id: string;
  readonly project: string;
  readonly #project: Project;
  readonly #failed = failedDatasets();
  readonly #running = new Set<Cancellation>();
  #closed: Promise<void> | undefined;
  readonly #nextVersion = saveVersionClock();

  constructor(id: string, project: Project) {
    this.id = id;
    this.project = project.path;
    this.#project = project;
  }

  async describe({ runtimeParams }: DescribeOptions = {}): Promise<ProjectDescription> {
    this.#checkOpen();
    const said = await describeProject(this.#project, this.id);
    if (runtimeParams !== undefined) return { ...said, datasets: filledDatasets(this.#project, said, runtimeParams) };
    return { ...said, datasets: this.#failed.show(said.datasets) };
  }

  async preload(artifacts: string[], options: PreloadOptions = {}): Promise<PreloadReport> {
    this.#checkOpen();
    const { catalog, warm, settings } = this.#project;
    const fill = { runtimeParams: options.runtimeParams ?? {}, allowUnsafeParams: settings.allowUnsafeParams };
    const report: PreloadReport = { loaded: [], kept: [], dropped: [] };
    const call = { options, asked: new Set<object>(), dropped: new Set<string>() };
    for (const dataset of new Set(artifacts)) {
      if (options.signal?.aborted) throw cancelledBy(options.signal.reason);
      const start = performance.now();
      const isNew = await warm.add(dataset, catalog.open(dataset, fill), call).catch((error: unknown) => {
        throw options.signal?.aborted ? cancelledBy(options.signal.reason) : error;
      });
      this.#checkOpen();
      if (isNew) report.loaded.push({ dataset, durationMs: performance.now() - start });
      else report.kept.push(dataset);
    }
    report.dropped.push(...call.dropped);
    return report;
  }

  async run(given: RunRequest, givenLive: LiveRun = {}): Promise<RunReport> {
    this.#checkOpen();
    // All is taken before the first await: the caller may change it from then on.
    const live = takeLive(givenLive);
    const cancellation = new Cancellation();
    const { signal } = live;
    const onAbort = () => cancellation.cancel(cancelledBy(signal?.reason));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#running.add(cancellation);
    let request: RunRequest = {};
    let prepared: PreparedRun | undefined;
    let runId = '';
    let saveVersion = '';
    try {
      request = takeRequest(given);
      runId = request.runId ?? randomUUID();
      saveVersion = request.saveVersion ?? this.#nextVersion();
      cancellation.throwIfCancelled();
      // For the first time it imports the pipelines, which may take as long as they like.
      const preparing = this.#project.plans.prepare(request, givenBy(request, live));
      prepared = await (preparing instanceof Promise ? cancellation.race(preparing) : preparing);
      const parts = { project: this.#project, prepared, request, live, runId, saveVersion, cancellation };
      const report = await runOnce(parts);
      this.#failed.note(request);
      return report;
    } catch (error) {
      this.#failed.note(request, error);
      // Hooks hear of every run that fails; of one that got this far they have heard already.
      if (prepared === undefined) {
        await tellFailure({ project: this.#project, request, runId, saveVersion, cancellation }, error);
      }
      throw error;
    } finally {
      this.#running.delete(cancellation);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async checkOutputs(given: RunRequest): Promise<OutputsReport> {
    this.#checkOpen();
    const request = takeRequest(given);
    const prepared = await this.#project.plans.prepare(request, givenBy(request, {}));
    return await checkOutputs(this.#project, prepared, request);
  }

  async releaseCache(artifacts?: string[]): Promise<ReleaseReport> {
    this.#checkOpen();
    return { released: this.#project.warm.release(artifacts) };
  }

  /** Says that somebody else has saved these datasets: their artifacts are loaded again before they are used. */
  forget(datasets: readonly string[]): void {
    const { warm } = this.#project;
    // A dataset that was saved as `table@a` is stale as `table@b` as well.
    for (const name of warm.names) if (datasets.some((dataset) => isSameDataset(dataset, name))) warm.invalidate(name);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    for (const cancellation of this.#running) cancellation.cancel(sessionClosed(this.id));
    this.#project.warm.release();
    await this.#project.connections.close();
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw sessionClosed(this.id);
  }
}

function givenBy(request: RunRequest, live: LiveRun): string[] {
  if (request.runtimeData === undefined && live.data === undefined) return NONE;
  return [...new Set([...Object.keys(request.runtimeData ?? {}), ...Object.keys(live.data ?? {})])].sort();
}

const NONE: string[] = [];
