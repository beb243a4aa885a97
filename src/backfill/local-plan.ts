/** What a backfill without a server would do, and what it cannot do. */
import { cancelledBy, PipelineError, type PipelineSession } from '../core/index.ts';
import {
  areOutputsThere,
  indexesOf,
  indexSetOf,
  intervalAt,
  intervalParamsOf,
  NO_INDEXES,
  runIntervalOf,
} from '../planner/index.ts';
import { type BackfillOptions, skipModes } from './options.ts';
import { type BackfillPlan, type FindExisting, makePlan } from './plans.ts';

const NO_RUNS = { succeeded: NO_INDEXES, failed: NO_INDEXES, running: NO_INDEXES, durations: [] };

/**
 * What {@link backfillLocally} would do. Changes nothing. Throws `REQUEST_INVALID` for what only a server knows: `skip` by
 * past runs (`existing` goes by the data), `untilLive`, and jobs that wait for others; and what dates throw.
 */
export async function planBackfillLocally(
  session: PipelineSession,
  options: BackfillOptions,
  live: { signal?: AbortSignal } = {},
): Promise<BackfillPlan> {
  refuseServerOptions(options);
  return await makePlan(options, async () => NO_RUNS, findExisting(session, live.signal));
}

function findExisting(session: PipelineSession, signal: AbortSignal | undefined): FindExisting {
  return async ({ job, plan }, among) => {
    const requests = job.parts.map(({ request }) => request);
    const existing: number[] = [];
    for (const index of indexesOf(among)) {
      if (signal?.aborted === true) throw cancelledBy(signal.reason);
      const params = intervalParamsOf(job, runIntervalOf(plan, intervalAt(plan, index)));
      if (await areOutputsThere(requests, params, (request) => session.checkOutputs(request))) existing.push(index);
    }
    return indexSetOf(existing);
  };
}

function refuseServerOptions(options: BackfillOptions): void {
  const { untilLive, job } = options;
  for (const mode of skipModes(options)) {
    if (mode !== 'completed' && mode !== 'failed') continue;
    throw refused(`skip "${mode}" goes by past runs, and there are none without a server; use "existing".`);
  }
  if (untilLive !== undefined) throw refused('untilLive hands over to a schedule, and there is none without a server.');
  if (typeof job === 'string' || (job.waitsFor ?? []).length === 0) return;
  const others = job.waitsFor?.map((each) => `"${each.job}"`).join(', ');
  throw refused(
    `Job "${job.name}" waits for runs of ${others}, and there are no past runs without a server. Run those first, and give the job without waitsFor.`,
  );
}

function refused(message: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', message);
}
