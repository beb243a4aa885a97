/** Opens hosts: a Python process, the project in it, and what the session keeps warm. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../core/index.ts';
import { HostProcess } from './host-process.ts';
import type { ResolvedKedroOptions } from './options.ts';
import type { FoundPython } from './python.ts';
import type { WarmArtifacts } from './warm-artifacts.ts';

export function hostOpener(
  python: FoundPython,
  options: ResolvedKedroOptions,
  folder: string,
  warm: WarmArtifacts,
): () => Promise<HostProcess> {
  const message = {
    op: 'open',
    project: options.project,
    env: options.env,
    confSource: options.confSource,
    runner: options.runner,
    isAsync: options.isAsync,
    allowed: options.allowUnsafeParams,
    folder,
  };
  return async () => {
    const host = new HostProcess(python, options);
    try {
      await inTime(host.call(message), options.openTimeoutMs);
      for (const spec of warm.specs) {
        // What cannot be loaded again now fails the runs that need it, with its own error, and no others.
        await host.call({ op: 'preload', ...spec }).catch(() => {});
      }
      if (host.hasEnded) throw new PipelineError('HOST_DIED', 'The Python process ended while it opened the project.');
      return host;
    } catch (error) {
      await host.end(0);
      throw error;
    }
  };
}

async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const abort = new AbortController();
  const late = sleep(limitMs, undefined, { signal: abort.signal }).then(() => {
    throw new PipelineError('HOST_FAILED', `The project was not open after ${limitMs} ms (option "openTimeoutMs").`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    abort.abort();
  }
}
