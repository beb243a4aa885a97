/** From the tables as they are written to jobs that are complete: every name is looked up, every rule made. */
import type { Job } from '../../workflows/index.ts';
import { suggestion } from '../core/index.ts';
import { defined, partsOf, runOptionsOf } from './parts.ts';
import type { Problems } from './problems.ts';
import type { BackfillSettings, ProjectJob, ProjectJobs, ScheduleDefinition } from './project-jobs.ts';
import { checkCalendars, ruleOf } from './rules.ts';
import { definitionOf, type PlacedSchedule, scheduleIn } from './schedules.ts';
import type { RawBackfill, RawFile, RawJob } from './schema.ts';
import { waitsOf } from './waits.ts';

/** All that a file says. Adds to `problems` what does not fit; the result then counts for nothing. */
export function projectJobsOf(file: RawFile, problems: Problems): ProjectJobs {
  checkCalendars(file.calendars ?? {}, problems);
  const raws = file.jobs ?? {};
  const pools = file.pools ?? {};
  const schedules = new Map<string, PlacedSchedule>();
  const rules = new Map<string, NonNullable<Job['rule']>>();
  for (const [name, raw] of Object.entries(raws)) {
    const schedule = scheduleIn(raw, name, file.schedules, problems);
    if (schedule !== undefined) schedules.set(name, schedule);
    const rule = ruleOf(raw, name, { schedule, calendars: file.calendars ?? {}, problems });
    if (rule !== undefined) rules.set(name, rule);
  }
  const waits = waitsOf(raws, rules, problems);
  const jobs: Record<string, ProjectJob> = {};
  const definitions: Record<string, ScheduleDefinition> = {};
  for (const [name, raw] of Object.entries(raws)) {
    const job = jobOf(name, raw, { rule: rules.get(name), waitsFor: waits.get(name) ?? [], pools, problems });
    jobs[name] = { ...job, ...forCallers(raw) };
    const schedule = schedules.get(name);
    if (schedule === undefined) continue;
    const definition = definitionOf(job, schedule, problems);
    const other = definitions[definition.id];
    if (other !== undefined) {
      problems.add(
        [...schedule.at, 'id'],
        `is "${definition.id}", as the schedule of job "${other.job.name}" is; ids are unique.`,
      );
    }
    definitions[definition.id] = definition;
  }
  return {
    jobs,
    schedules: definitions,
    pools,
    connection: connectionOf(file),
    worker: workerOf(file),
    serve: serveOf(file),
    backfill: backfillOf(file.backfill ?? {}),
  };
}

interface JobContext {
  rule: Job['rule'];
  waitsFor: NonNullable<Job['waitsFor']>;
  pools: Readonly<Record<string, number>>;
  problems: Problems;
}

function jobOf(name: string, raw: RawJob, { rule, waitsFor, pools, problems }: JobContext): Job {
  const at = ['jobs', name];
  const run = runOptionsOf(raw);
  const size = raw.pool !== undefined && Object.hasOwn(pools, raw.pool) ? pools[raw.pool] : undefined;
  if (raw.pool !== undefined && size === undefined) {
    problems.add(
      [...at, 'pool'],
      `names the pool "${raw.pool}", which there is not.${suggestion(raw.pool, Object.keys(pools))}`,
    );
  }
  if (raw.interval_params !== undefined && rule === undefined) {
    problems.add([...at, 'interval_params'], 'needs intervals: give the job "every".');
  }
  return {
    name,
    parts: partsOf(raw, at, problems),
    ...(rule === undefined ? {} : { rule }),
    ...(raw.interval_params === undefined ? {} : { intervalParams: raw.interval_params }),
    ...(waitsFor.length === 0 ? {} : { waitsFor }),
    ...(raw.pool === undefined || size === undefined ? {} : { pool: { name: raw.pool, size } }),
    ...(run === undefined ? {} : { run }),
  };
}

function forCallers({ description, granularity, backfill }: RawJob): Partial<ProjectJob> {
  return defined({ description, granularity, backfill: backfill === undefined ? undefined : backfillOf(backfill) });
}

function backfillOf(raw: RawBackfill): BackfillSettings {
  return defined({
    concurrency: raw.concurrency,
    order: raw.order,
    skip: raw.skip,
    dependsOnPast: raw.depends_on_past,
    carry: raw.carry === undefined ? undefined : defined(raw.carry),
    onFailure: raw.on_failure,
    maxFailures: raw.max_failures,
    ifRunning: raw.if_running,
    yields: raw.yields,
    chunk: raw.chunk,
    priority: raw.priority,
  }) as BackfillSettings;
}

function connectionOf({ connection = {} }: RawFile): ProjectJobs['connection'] {
  const { address, namespace, api_key_env, tls } = connection;
  return defined({
    address,
    namespace,
    apiKeyEnv: api_key_env,
    tls:
      tls === undefined
        ? undefined
        : defined({
            disabled: tls.disabled,
            serverName: tls.server_name,
            serverCaCertPath: tls.server_ca_cert_path,
            clientCertPath: tls.client_cert_path,
            clientKeyPath: tls.client_key_path,
          }),
  });
}

function workerOf({ worker = {} }: RawFile): ProjectJobs['worker'] {
  const { preload, isolation, threads, hosts, max_concurrent_runs, task_queue } = worker;
  return defined({ preload, isolation, threads, hosts, maxConcurrentRuns: max_concurrent_runs, taskQueue: task_queue });
}

function serveOf({ serve = {} }: RawFile): ProjectJobs['serve'] {
  const { token_env, timeout, drain, body_limit, logs_url, allow, token: _, ...same } = serve;
  return defined({
    ...same,
    tokenEnv: token_env,
    timeoutMs: timeout,
    drainMs: drain,
    bodyLimit: body_limit,
    logsUrl: logs_url,
    allow: allow === undefined ? undefined : defined(allow),
  });
}
