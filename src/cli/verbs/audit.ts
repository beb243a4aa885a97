import type { Command } from 'commander';
import { type BackfillPlan, plannedIntervals } from '../../backfill/index.ts';
import { sizeOf } from '../../planner/index.ts';
import { EXIT } from '../exit-codes.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import { connectClient, type ServerFlags, settleServer } from '../server.ts';
import { type ProjectFlags, placeOf } from '../session.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';
import { planJson, storePlan } from './backfill/plans.ts';

interface AuditFlags extends ServerFlags, ProjectFlags {
  from?: string;
  to?: string;
  existing?: boolean;
  json?: boolean;
}

const MOST_KEYS = 6;

/** `schedules audit`: which intervals should have run and did not. */
export function addAudit(schedules: Command): void {
  const command = schedules
    .command('audit [jobs...]')
    .description(
      'find intervals that should have run and did not (default: of every job that has intervals); exit 1 if any',
    )
    .option('--from <date>', 'first interval (default: the first of which the server knows a run)')
    .option('--to <date>', 'where the range ends (default: the last interval that has ended)')
    .option('--existing', 'count intervals as done whose outputs are all there')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal schedules audit weather --from 2015-01-01')
    .action(async (names: string[], flags: AuditFlags) => await audit(names, flags));
  withServer(withJson(withProject(command)));
}

async function audit(names: readonly string[], flags: AuditFlags): Promise<void> {
  const { jobNamed, readJobs } = await import('../../jobs/index.ts');
  const jobs = await readJobs(placeOf(flags));
  const wanted =
    names.length > 0 ? names.map((name) => jobNamed(jobs, name)) : Object.values(jobs.jobs).filter(({ rule }) => rule);
  const settled = await settleServer(flags);
  const { kedro, close } = await connectClient(settled);
  try {
    const { from, to, existing } = flags;
    const how = { ...(from && { from }), ...(to && { to }), ...(existing && { existing }) };
    const found: { job: string; plan: BackfillPlan | undefined }[] = [];
    for (const { granularity: _, backfill: __, description: ___, ...job } of wanted) {
      const plan = await kedro.auditJob({ job, ...how });
      if (plan !== undefined) await storePlan(flags.project, plan);
      found.push({ job: job.name, plan });
    }
    if (flags.json)
      printJson({ audits: found.map(({ job, plan }) => ({ job, ...(plan && { plan: planJson(plan) }) })) });
    else print(text(found));
    if (found.some(({ plan }) => plan !== undefined && missing(plan) > 0)) process.exitCode = EXIT.runFailed;
  } finally {
    await close();
  }
}

function missing({ toRun, running }: BackfillPlan): number {
  return toRun - sizeOf(running);
}

function text(found: readonly { job: string; plan: BackfillPlan | undefined }[]): string {
  if (found.length === 0) return 'The project has no job with intervals.';
  const rows = found.map(({ job, plan }) => {
    if (plan === undefined) return [job, '', 'no run is known; say --from', ''];
    const count = missing(plan);
    if (count === 0) return [job, `${plan.total}`, 'nothing is missing', ''];
    return [job, `${plan.total}`, `${count} missing: ${keysOf(plan)}`, `kedro-temporal backfill apply ${plan.hash}`];
  });
  return table(['job', 'intervals', 'found', 'mend'], rows, [1]);
}

function keysOf(plan: BackfillPlan): string {
  const keys: string[] = [];
  for (const { key, action } of plannedIntervals(plan)) {
    if (action !== 'run') continue;
    if (keys.length === MOST_KEYS) return `${keys.join(', ')}, …`;
    keys.push(key);
  }
  return keys.join(', ');
}
