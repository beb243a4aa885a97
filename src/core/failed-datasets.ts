import type { Broken, DatasetDescription, RunRequest } from './contract.ts';
import { isPipelineError } from './errors.ts';

/**
 * Datasets whose storage failed when a run last needed it. Opening a session connects to nothing, so a dead database is
 * found by the runs that need it; `describe()` names it from then on, until a run of the same pipelines succeeds.
 */
export interface FailedDatasets {
  /** Takes note of how a run ended: with `error`, or well. */
  note(request: RunRequest, error?: unknown): void;
  /** `datasets`, those that failed with their error. */
  show(datasets: Record<string, DatasetDescription | Broken>): Record<string, DatasetDescription | Broken>;
}

/** Makes the memory of one session. */
export function failedDatasets(): FailedDatasets {
  const failed = new Map<string, { by: string; broken: Broken }>();
  return {
    note(request, error) {
      // The common case, a run that ends well while nothing is wrong, costs a look.
      if (error === undefined && failed.size === 0) return;
      const by = JSON.stringify(request.pipelines ?? []);
      if (error === undefined) {
        for (const [name, each] of failed) if (each.by === by) failed.delete(name);
        return;
      }
      if (!isPipelineError(error)) return;
      const { code, message, details } = error;
      if (code !== 'DATASET_LOAD_FAILED' && code !== 'DATASET_SAVE_FAILED') return;
      if (typeof details.dataset === 'string')
        failed.set(details.dataset, { by, broken: { error: { code, message } } });
    },
    show(datasets) {
      const seen = [...failed].filter(([name]) => Object.hasOwn(datasets, name));
      return { ...datasets, ...Object.fromEntries(seen.map(([name, { broken }]) => [name, broken])) };
    },
  };
}
