/**
 * `table@pandas` and `table@duckdb` are one dataset in the graph and two entries of the catalog: what one node saves through
 * the first, another loads through the second, by way of storage.
 */
import { PipelineError } from '../core/index.ts';
import { datasetOf } from '../pipeline/index.ts';
import type { RunPlan, Slot } from '../runner/index.ts';

/** Whether the two names are one dataset. */
export function isSameDataset(a: string, b: string): boolean {
  return a === b || datasetOf(a) === datasetOf(b);
}

/**
 * Throws where a node of the run makes a dataset in one way and another reads it in a second, and no storage connects the
 * two: `DATASET_NOT_FOUND` when the catalog lacks one of them, `REQUEST_INVALID` when the run is given the first only.
 */
export function checkTranscoding({ steps }: RunPlan, given: ReadonlySet<string>): void {
  const makers = new Map<string, Slot>();
  for (const step of steps) for (const slot of step.outputs) makers.set(datasetOf(slot.name), slot);
  for (const { node, inputs } of steps) {
    for (const slot of inputs) {
      const made = makers.get(datasetOf(slot.name));
      if (made === undefined || made.name === slot.name || given.has(slot.name)) continue;
      if (given.has(made.name)) throw givenOtherwise(made.name, slot.name, node.name);
      if (made.kind !== 'stored') throw notStored(made.name, made.name, slot.name, node.name);
      if (slot.kind !== 'stored') throw notStored(slot.name, made.name, slot.name, node.name);
    }
  }
}

function notStored(missing: string, made: string, read: string, node: string): PipelineError {
  return new PipelineError(
    'DATASET_NOT_FOUND',
    `Node "${node}" reads "${read}", which the run makes as "${made}": the two meet in storage, and the catalog does not store "${missing}". Add entries with one filepath for both.`,
    { details: { dataset: missing, node } },
  );
}

function givenOtherwise(given: string, read: string, node: string): PipelineError {
  return new PipelineError(
    'REQUEST_INVALID',
    `The run is given "${given}", but node "${node}" reads "${read}", which would come from storage as it was before: give "${read}" too.`,
    { details: { dataset: read, node } },
  );
}
