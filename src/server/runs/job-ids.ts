/** Run ids that jobs give to their own: `<job>/<key>` is the run of an interval, for whoever looks at the job. */
import { PipelineError } from '../../core/index.ts';
import type { ResolvedServerOptions } from '../options.ts';
import type { DurableRuns } from './durable-runs.ts';

// What names a job; only such text goes into a question to the server.
const IN_A_JOB = /^([\w.-]+)\//;

/** Throws `RUN_ID_TAKEN` for the id of a run that a caller names as a job would, the job being known here or to the server. */
export async function checkNoJobId(
  runId: string,
  readJobs: ResolvedServerOptions['jobs'],
  durable: DurableRuns,
): Promise<void> {
  const name = IN_A_JOB.exec(runId)?.[1];
  if (name === undefined) return;
  const configured = (await readJobs())?.jobs ?? {};
  if (!Object.hasOwn(configured, name) && !(await durable.knowsJob(name))) return;
  const message = `Run ids that begin with "${name}/" are of job "${name}", whose intervals they name: give this run an id that begins otherwise.`;
  throw new PipelineError('RUN_ID_TAKEN', message, { details: { runId, job: name } });
}
