/** Runs that have no workflow of their own: activities of a backfill, or parts of a chunk. */
import { isPipelineError, PipelineError } from '../core/index.ts';
import { hasIndex, indexOfKey, outcomeOf } from '../planner/index.ts';
import type { BackfillReader, BackfillStanding } from './backfill-reader.ts';
import type { RunReader } from './run-detail.ts';

const MOST_BACKFILLS = 20;

/** The reader, which says of a run that is not found in which backfill it was, if it was in one. */
export function withInnerRuns(read: RunReader, backfills: BackfillReader): RunReader {
  return async (runId) => {
    try {
      return await read(runId);
    } catch (error) {
      if (!isPipelineError(error) || error.code !== 'RUN_NOT_FOUND') throw error;
      throw (await foundInside(runId, backfills)) ?? error;
    }
  };
}

async function foundInside(runId: string, backfills: BackfillReader): Promise<PipelineError | undefined> {
  const [, job, key] = /^([\w.-]+)\/([^/]+)$/.exec(runId) ?? [];
  if (job === undefined || key === undefined) return undefined;
  for (const backfill of await backfills.list({ job, limit: MOST_BACKFILLS })) {
    const how = stateIn(backfill, key);
    if (how === undefined) continue;
    return new PipelineError(
      'RUN_NOT_FOUND',
      `Run "${runId}" has no workflow of its own: backfill "${backfill.id}" has it as one of its activities, where it ${how}.`,
      { details: { runId, backfill: backfill.id } },
    );
  }
  return undefined;
}

function stateIn({ plan, outcomes, running, failures }: BackfillStanding, key: string): string | undefined {
  const index = indexOfKey(plan, key);
  if (index === undefined) return undefined;
  if (hasIndex(running, index)) return 'is running';
  const outcome = outcomeOf(outcomes, index);
  if (outcome === undefined) return 'is to come';
  const { state, reason } = outcome;
  const why = failures.find((failure) => failure.key === key)?.message;
  const told = why === undefined ? `(${reason})` : `(${reason}: ${why})`;
  return state === 'succeeded' || state === 'failed' ? `${state} ${told}` : `was ${state} ${told}`;
}
