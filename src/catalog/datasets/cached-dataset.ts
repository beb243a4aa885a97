/**
 * Another dataset whose value a run reads once: the run's storage keeps what was loaded or saved, see {@link cachedDataset}.
 *
 * Options: `dataset` (a definition, or a type alone), `versioned`, `copy_mode` (as of `MemoryDataset`), `credentials` (the inner
 * dataset's), `metadata`.
 */
import { type JsonObject, type JsonValue, PipelineError } from '../../core/index.ts';
import { copyModeOption } from '../copy-mode.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetType } from '../dataset.ts';
import { anything, checkOptions, either, flag, mapping, required, text } from '../options.ts';

const NAME = 'CachedDataset';

const OPTIONS = {
  type: required(text()),
  dataset: required(either(text(), mapping(anything()))),
  versioned: flag(),
  copy_mode: copyModeOption,
  credentials: anything(),
  metadata: anything(),
};

/**
 * Loads and saves through; the value is kept by each run for itself. This object is shared by all runs of a session, so it
 * keeps nothing.
 */
export const cachedDataset: DatasetType = Object.freeze({
  name: NAME,
  open(name: string, definition: DatasetDefinition, tools: CatalogTools): Dataset {
    const options = checkOptions(name, OPTIONS, definition);
    const inner = tools.open(name, innerDefinition(name, options.dataset as string | JsonObject, options));
    if (inner.type === 'MemoryDataset') {
      throw invalid(name, 'wraps a MemoryDataset, which is in memory already: use it without the wrapper.');
    }
    const cached: Dataset = {
      type: NAME,
      ...(inner.filepath === undefined ? {} : { filepath: inner.filepath }),
      versioned: inner.versioned,
      readOnly: inner.readOnly,
      load: (io) => inner.load(io),
      save: (value, io) => inner.save(value, io),
      exists: (io) => inner.exists(io),
      newestVersion: () => inner.newestVersion(),
      fingerprint: (io) => inner.fingerprint(io),
    };
    return Object.freeze(cached);
  },
});

function innerDefinition(
  name: string,
  given: string | JsonObject,
  { versioned, credentials }: { versioned: boolean | undefined; credentials: JsonValue | undefined },
): DatasetDefinition {
  const inner = typeof given === 'string' ? { type: given } : given;
  if (credentials !== undefined && Object.hasOwn(inner, 'credentials')) {
    throw invalid(name, 'has "credentials" beside "dataset:" and inside of it: one is enough.');
  }
  if (Object.hasOwn(inner, 'versioned')) {
    throw invalid(name, 'says "versioned" in its inner definition: say it beside "dataset:", as Kedro asks for.');
  }
  return {
    ...inner,
    ...(versioned === true ? { versioned } : {}),
    ...(credentials === undefined ? {} : { credentials }),
  } as DatasetDefinition;
}

function invalid(name: string, why: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${name}" ${why}`, { details: { dataset: name } });
}
