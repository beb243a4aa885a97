/** Which intervals of a job should have run and did not. */
import type { Client } from '@temporalio/client';
import type { Job } from '../../workflows/index.ts';
import type { BackfillPlan, FindExisting } from '../backfill/index.ts';
import { intervalOfKey, lastIntervalBefore } from '../calendar/index.ts';
import { PipelineError } from '../core/index.ts';
import { planBackfill } from './backfill-plan.ts';

/** What to audit. */
export interface AuditOptions {
  /** With a rule. */
  job: Job;
  /** Where the first interval starts. Default: the first one of which the server knows a run. */
  from?: string;
  /** Default: the end of the last interval that has ended. */
  to?: string;
  /** Also count intervals as done whose outputs are all there: for those that the server has forgotten. Default: false. */
  existing?: boolean;
}

/** What an audit found: a plan of what is missing; undefined where the server knows no run to begin with. */
export type Audit = BackfillPlan | undefined;

/**
 * Compares a job's intervals with its runs. The answer is a plan: applied, it runs what is missing (never run, failed,
 * cancelled) and nothing else; intervals that are running are left to themselves. The server forgets runs after the
 * namespace's retention: give `from`, or `existing`. Throws `JOB_INVALID` for a job without a rule.
 */
export async function auditJob(client: Client, options: AuditOptions, findExisting: FindExisting): Promise<Audit> {
  const { job, to, existing = false } = options;
  const { rule } = job;
  if (rule === undefined) {
    throw new PipelineError('JOB_INVALID', `The job "${job.name}" has no intervals: say "every" in temporal.yml.`);
  }
  const from = options.from ?? (await firstStart(client, job.name, rule));
  const last = lastIntervalBefore(rule, new Date().toISOString());
  if (from === undefined || (to === undefined && (last === undefined || last.end <= from))) return undefined;
  const skip = existing ? (['completed', 'existing'] as const) : (['completed'] as const);
  const bounds = { from, ...(to === undefined ? {} : { to }) };
  return await planBackfill(client, { job, ...bounds, skip, ifRunning: 'skip' }, findExisting);
}

async function firstStart(client: Client, job: string, rule: NonNullable<Job['rule']>): Promise<string | undefined> {
  let first: string | undefined;
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowId STARTS_WITH '${job}/'`,
    pageSize: 1000,
  })) {
    const start = intervalOfKey(rule, workflowId.slice(job.length + 1))?.start;
    if (start !== undefined && (first === undefined || start < first)) first = start;
  }
  return first;
}
