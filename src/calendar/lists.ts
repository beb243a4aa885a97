/** A given list of starts, read in its zone. */
import { PipelineError } from '../core/index.ts';
import { type DstPolicy, packInstants, type Rhythm } from '../planner/index.ts';
import { readBound } from './bounds.ts';

/** Reads the starts of a list. A local time in it that does not exist or comes twice is treated by the policy. */
export function listRhythm(items: readonly string[], timeZone: string, dst: DstPolicy): Rhythm {
  const instants = items.flatMap((text) => readBound({ name: 'at', text, timeZone }, dst));
  const starts = [...new Set(instants)].sort((a, b) => a - b);
  const odd = starts.find((start) => start % 1000 !== 0);
  if (odd !== undefined)
    throw new PipelineError(
      'RANGE_INVALID',
      `The list has ${new Date(odd).toISOString()}; intervals start on whole seconds.`,
    );
  if (starts.length >= 2) return { list: packInstants(starts) };
  throw new PipelineError(
    'RANGE_INVALID',
    `A list of intervals has ${starts.length} of the two starts that one interval takes: the last start only ends the interval before it.`,
  );
}
