/**
 * A value in this dataset object and nowhere else.
 *
 * Options: `copy_mode`: `assign` (default: load hands out what save was given), `copy` (a shallow copy of an array or
 * plain object) or `deepcopy` (`structuredClone`), at save and at load as in Kedro.
 */
import { isPlainObject, messageOf, PipelineError } from '../../core/index.ts';
import { defineDataset } from '../define-dataset.ts';
import { invalidValue } from '../failures.ts';
import { oneOf } from '../options.ts';

type CopyMode = 'assign' | 'copy' | 'deepcopy';

export const memoryDataset = defineDataset({
  type: 'MemoryDataset',
  options: { copy_mode: oneOf('assign', 'copy', 'deepcopy') },
  open({ dataset, options }) {
    const mode = options.copy_mode ?? 'assign';
    let kept: { value: unknown } | undefined;
    let saves = 0;
    const held = () => {
      if (kept !== undefined) return kept;
      throw new PipelineError(
        'DATASET_NOT_SAVED_YET',
        `The dataset "${dataset}" has nothing to load: it is in memory only, and nothing was saved to it.`,
        { details: { dataset } },
      );
    };
    return {
      place: 'memory',
      load: async () => copied(dataset, mode, held().value),
      save: async (value) => {
        if (value === undefined) throw invalidValue(dataset, '', 'it is undefined.');
        kept = { value: copied(dataset, mode, value) };
        saves += 1;
      },
      exists: async () => kept !== undefined,
      fingerprint: async () => {
        held();
        return String(saves);
      },
    };
  },
});

function copied(dataset: string, mode: CopyMode, value: unknown): unknown {
  if (mode === 'assign') return value;
  if (mode === 'copy') return Array.isArray(value) ? [...value] : isPlainObject(value) ? { ...value } : value;
  try {
    return structuredClone(value);
  } catch (error) {
    throw invalidValue(dataset, '', `${messageOf(error)}; use copy_mode: assign.`);
  }
}
