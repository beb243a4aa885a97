import {
  type DatasetRef,
  isJson,
  type LiveRun,
  PipelineError,
  type RunReport,
  type RunRequest,
} from '../core/index.ts';
import type { PreparedRun } from './plans.ts';
import type { NativeStorage } from './storage.ts';

type Returned = Pick<RunReport, 'outputs' | 'references'>;

/**
 * What a finished run returns: values of outputs in memory, references to stored ones; an output that the request names is
 * returned as a value wherever it lives. Throws `OUTPUT_NOT_JSON` for a named one that is no JSON, unless the caller takes
 * live results.
 */
export async function collectOutputs(
  prepared: PreparedRun,
  values: readonly unknown[],
  storage: NativeStorage,
  request: RunRequest,
  results: LiveRun['results'],
): Promise<Returned> {
  const returned: Returned = { outputs: {}, references: {} };
  const isNamed = request.outputs !== undefined;
  for (const name of prepared.outputs) {
    const slot = prepared.plan.slotOf.get(name);
    if (slot === undefined) continue;
    const isStored = slot.kind === 'stored';
    if (isStored && !isNamed) {
      returned.references[name] = storage.refer(name);
      continue;
    }
    const value = isStored ? await storage.load(name) : values[slot.index];
    results?.set(name, value);
    if (isJson(value)) returned.outputs[name] = value;
    else returned.references[name] = notJson(name, isStored ? storage : undefined, isNamed && results === undefined);
  }
  return returned;
}

function notJson(name: string, storage: NativeStorage | undefined, isRefused: boolean): DatasetRef {
  if (isRefused) {
    throw new PipelineError(
      'OUTPUT_NOT_JSON',
      `Output "${name}" is not JSON, so it cannot be returned; save it in the catalog, or take it with live.results.`,
      {
        details: { dataset: name },
      },
    );
  }
  return storage?.refer(name) ?? { dataset: name, type: 'MemoryDataset' };
}
