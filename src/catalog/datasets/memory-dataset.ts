/**
 * A value in this dataset object and nowhere else.
 *
 * Options: `copy_mode`: `assign` (default: load hands out what save was given), `copy` (one level) or `deepcopy`
 * (`structuredClone`), at save and at load as in Kedro.
 */
import { PipelineError } from '../../core/index.ts';
import { copied, copyModeOption } from '../copy-mode.ts';
import { defineDataset } from '../define-dataset.ts';
import { invalidValue } from '../failures.ts';

export const memoryDataset = defineDataset({
  type: 'MemoryDataset',
  options: { copy_mode: copyModeOption },
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
