import { describe, expect, test } from 'vitest';
import { fillParameters } from '../../src/config/index.ts';
import { jobNamed } from '../../src/jobs/index.ts';
import { failure, templateOf } from '../config/conf-tree.ts';
import { jobsOf, problemsOf } from './files.ts';

const DAILY = `
jobs:
  weather:
    description: What the weather was like
    pipelines:
      clean:
      features: { after: clean, tags: [fast], timeouts: { start_to_close: 1h } }
      report:
        pipelines: [report, summary]
        inputs: { table: features.rolling, ns.other: clean.ns.other }
        params: { top: { n: 3 } }
        task_queue: gpu
        priority: 1
    params: { top: { n: 1, by: rain }, station: seattle }
    every: day
    time_zone: America/Los_Angeles
    interval_params: { day: key, meant_at: scheduled_time }
    pool: database
    retry: { maximum_attempts: 3, initial_interval: 30s, backoff_coefficient: 1.5, non_retryable_error_types: NODE_FAILED }
    granularity: activity
    schedule: { offset: 2h, jitter: 5m, overlap: skip, catchup_window: 2 days, pause_on_failure: true, paused: true, note: soon }
    backfill: { concurrency: 4, chunk: 7d, carry: { output: model, dataset: model_before } }
pools: { database: 2 }
connection: { address: "temporal:7233", api_key_env: TEMPORAL_KEY, tls: true }
worker: { preload: model, hosts: 2, max_concurrent_runs: 8 }
backfill: { order: newest-first, skip: existing, on_failure: pause, max_failures: 3 }
`;

test('a job is complete: parts with requests, order, injected outputs, rule and options', async () => {
  const { jobs } = await jobsOf(DAILY);
  const everywhere = { station: 'seattle' };
  expect(jobs.weather).toEqual({
    name: 'weather',
    description: 'What the weather was like',
    parts: [
      { name: 'clean', request: { pipelines: ['clean'], runtimeParams: { top: { n: 1, by: 'rain' }, ...everywhere } } },
      {
        name: 'features',
        request: {
          pipelines: ['features'],
          tags: ['fast'],
          runtimeParams: { top: { n: 1, by: 'rain' }, ...everywhere },
        },
        after: ['clean'],
        run: { startToCloseTimeout: 3_600_000 },
      },
      {
        name: 'report',
        request: { pipelines: ['report', 'summary'], runtimeParams: { top: { n: 3, by: 'rain' }, ...everywhere } },
        inputs: { table: { part: 'features', output: 'rolling' }, 'ns.other': { part: 'clean', output: 'ns.other' } },
        run: { taskQueue: 'gpu', priority: { priorityKey: 1 } },
      },
    ],
    rule: expect.objectContaining({ every: 'day', timeZone: 'America/Los_Angeles' }),
    intervalParams: { day: 'key', meant_at: 'scheduled_time' },
    pool: { name: 'database', size: 2 },
    run: {
      retry: {
        maximumAttempts: 3,
        initialInterval: 30_000,
        backoffCoefficient: 1.5,
        nonRetryableErrorTypes: ['NODE_FAILED'],
      },
    },
    granularity: 'activity',
    backfill: { concurrency: 4, chunk: '7d', carry: { output: 'model', dataset: 'model_before' } },
  });
});

test('a schedule is complete, in milliseconds and in Temporal’s words, and starts the job without what only callers need', async () => {
  const { jobs, schedules } = await jobsOf(DAILY);
  const { description: _, granularity: __, backfill: ___, ...job } = jobs.weather ?? { name: '', parts: [] };
  expect(schedules).toEqual({
    weather: {
      id: 'weather',
      job,
      offsetMs: 7_200_000,
      jitterMs: 300_000,
      overlap: 'SKIP',
      catchupWindowMs: 172_800_000,
      pauseOnFailure: true,
      paused: true,
      note: 'soon',
    },
  });
});

test('the other tables come as they are written', async () => {
  const { pools, connection, worker, backfill } = await jobsOf(DAILY);
  expect(pools).toEqual({ database: 2 });
  expect(connection).toEqual({ address: 'temporal:7233', apiKeyEnv: 'TEMPORAL_KEY', tls: { disabled: false } });
  expect(worker).toEqual({ preload: ['model'], hosts: 2, maxConcurrentRuns: 8 });
  expect(backfill).toEqual({ order: 'newest-first', skip: ['existing'], onFailure: 'pause', maxFailures: 3 });
});

test('a project without the file has no jobs', async () => {
  expect(await jobsOf({})).toEqual({
    jobs: {},
    schedules: {},
    pools: {},
    connection: {},
    worker: {},
    serve: {},
    backfill: {},
  });
});

test('a job is plain JSON and frozen all the way down', async () => {
  const { jobs } = await jobsOf(DAILY);
  expect(JSON.parse(JSON.stringify(jobs))).toEqual(jobs);
  expect(() => Object.assign(jobs.weather?.parts[0]?.request ?? {}, { tags: [] })).toThrow(TypeError);
});

test('jobNamed gives a job, or JOB_NOT_FOUND with a close match', async () => {
  const jobs = await jobsOf(DAILY);
  expect(jobNamed(jobs, 'weather').parts).toHaveLength(3);
  expect(await failure(() => jobNamed(jobs, 'whether'))).toMatchObject({
    code: 'JOB_NOT_FOUND',
    message: expect.stringContaining('Did you mean "weather"?'),
  });
});

describe('short forms', () => {
  test('a list of pipelines is a part each, side by side', async () => {
    const { jobs } = await jobsOf('jobs: { all: { pipelines: [a, b] } }');
    expect(jobs.all?.parts).toEqual([
      { name: 'a', request: { pipelines: ['a'] } },
      { name: 'b', request: { pipelines: ['b'] } },
    ]);
  });

  test('a pipeline by name, with kedro-dagster’s filters, or all of the default pipeline', async () => {
    const { jobs } = await jobsOf(`
jobs:
  named: { pipeline: clean }
  cut: { pipeline: { pipeline_name: clean, node_names: [a], from_inputs: raw, node_namespaces: [x], namespaces: [y] } }
  whole: { pipeline: }
`);
    expect(jobs.named?.parts).toEqual([{ name: 'clean', request: { pipelines: ['clean'] } }]);
    expect(jobs.cut?.parts[0]?.request).toEqual({
      pipelines: ['clean'],
      nodeNames: ['a'],
      fromInputs: ['raw'],
      namespaces: ['y', 'x'],
    });
    expect(jobs.whole?.parts).toEqual([{ name: '__default__', request: { pipelines: ['__default__'] } }]);
  });

  test('a schedule by name, shared by jobs; blank is one with defaults: nothing is lost, nothing overlaps', async () => {
    const { schedules } = await jobsOf(`
schedules: { late: { offset: 1h } }
jobs:
  a: { pipeline: a, every: day, schedule: late }
  b: { pipeline: b, every: hour, schedule: late }
  c: { pipeline: c, every: hour, schedule: }
  d: { pipeline: d, every: hour, schedule: { id: mine } }
  e: { pipeline: e, every: hour }
`);
    expect(Object.entries(schedules).map(([id, { job, offsetMs }]) => [id, job.name, offsetMs])).toEqual([
      ['a', 'a', 3_600_000],
      ['b', 'b', 3_600_000],
      ['c', 'c', 0],
      ['mine', 'd', 0],
    ]);
    expect(schedules.c).toMatchObject({ overlap: 'BUFFER_ALL', jitterMs: 0, pauseOnFailure: false, paused: false });
    expect(schedules.c?.catchupWindowMs).toBe(365 * 86_400_000);
  });

  test('kedro-dagster’s cron_schedule is the rule of a job that has none', async () => {
    const { jobs, schedules } = await jobsOf(`
schedules:
  mornings: { cron_schedule: "30 6 * * mon-fri", execution_timezone: Europe/Berlin }
jobs:
  report: { pipeline: { pipeline_name: report }, schedule: mornings }
`);
    expect(jobs.report?.rule).toMatchObject({ every: '30 6 * * mon-fri', timeZone: 'Europe/Berlin' });
    expect(schedules.report?.job.rule).toEqual(jobs.report?.rule);
  });

  test('a list of starts, a calendar by name or in place, an anchor, a policy for clock changes', async () => {
    const { jobs } = await jobsOf(`
calendars: { work: { weekdays: business-days, exclude: [12-25, 2015-01-01] } }
jobs:
  list: { pipeline: a, every: [2015-01-01, 2015-02-01, 2015-03-15] }
  named: { pipeline: a, every: day, calendar: work }
  placed: { pipeline: a, every: day, calendar: { weekdays: [sat, sun] }, dst: { gap: skip } }
  anchored: { pipeline: a, every: 2 weeks, anchor: 2015-01-05 }
`);
    expect(jobs.list?.rule?.every).toBe('list:2015-01-01,2015-02-01,2015-03-15');
    expect(jobs.named?.rule?.calendar).toMatchObject({ exclude: ['12-25', '2015-01-01'] });
    expect(jobs.placed?.rule).toMatchObject({ calendar: { weekdays: ['sat', 'sun'] }, dst: { gap: 'skip' } });
    expect(jobs.anchored?.rule).toMatchObject({ every: '2 weeks', anchor: '2015-01-05' });
  });

  test('waits: a name, several, or with how and how long', async () => {
    const { jobs } = await jobsOf(`
jobs:
  hourly: { pipeline: a, every: hour }
  daily: { pipeline: a, every: day }
  one: { pipeline: a, every: day, waits_for: daily }
  two: { pipeline: a, every: day, waits_for: [daily, { job: hourly, interval: within, timeout: 90m }] }
`);
    const rule = (every: string) => expect.objectContaining({ every });
    expect(jobs.one?.waitsFor).toEqual([{ job: 'daily', rule: rule('day'), interval: 'same' }]);
    expect(jobs.two?.waitsFor).toEqual([
      { job: 'daily', rule: rule('day'), interval: 'same' },
      { job: 'hourly', rule: rule('hour'), interval: 'within', timeout: 5_400_000 },
    ]);
  });
});

describe('files', () => {
  const job = (name: string, pipeline: string) => `jobs: { ${name}: { pipeline: ${pipeline} } }`;
  const names = async (...given: Parameters<typeof jobsOf>) => {
    const { jobs } = await jobsOf(...given);
    return Object.entries(jobs).map(([name, { parts }]) => `${name}=${parts[0]?.name}`);
  };

  test('temporal* files and folders of one environment are one file; others are not read', async () => {
    const tree = {
      'base/temporal.yml': job('a', 'one'),
      'base/temporal_more.yaml': job('b', 'two'),
      'base/temporal/deep/c.json': '{"jobs": {"c": {"pipeline": "three"}}}',
      'base/jobs.yml': 'nonsense',
      'base/other/temporal.yml': 'nonsense',
    };
    expect((await names(tree)).sort()).toEqual(['a=one', 'b=two', 'c=three']);
  });

  test('the same key in two of them is CONFIG_DUPLICATE_KEY', async () => {
    const tree = { 'base/temporal.yml': job('a', 'one'), 'base/temporal2.yml': job('a', 'two') };
    expect(await problemsOf(tree)).toEqual(['CONFIG_DUPLICATE_KEY', expect.stringContaining('"jobs.a.pipeline"')]);
  });

  test('the environment replaces a top-level table, as Kedro does; soft merges', async () => {
    const tree = { 'base/temporal.yml': `${job('a', 'one')}\npools: { p: 1 }`, 'local/temporal.yml': job('b', 'two') };
    expect(await names(tree)).toEqual(['b=two']);
    expect((await jobsOf(tree)).pools).toEqual({ p: 1 });
    expect(await names(tree, { mergeStrategy: 'soft' })).toEqual(['a=one', 'b=two']);
    expect(await names(tree, { env: 'base' })).toEqual(['a=one']);
  });

  test('the environment is KEDRO_ENV where none is given', async () => {
    const tree = { 'base/temporal.yml': job('a', 'one'), 'prod/temporal.yml': job('a', 'two') };
    const before = process.env.KEDRO_ENV;
    process.env.KEDRO_ENV = 'prod';
    try {
      expect(await names(tree, { env: undefined })).toEqual(['a=two']);
    } finally {
      if (before === undefined) delete process.env.KEDRO_ENV;
      else process.env.KEDRO_ENV = before;
    }
  });

  test('runtime params, globals and anchors fill it; private keys are left out', async () => {
    const tree = {
      'base/globals.yml': 'zone: Europe/Berlin',
      'local/globals.yml': 'queue: gpu',
      'base/temporal.yml': `
_common: &common { retry: { maximum_attempts: 2 } }
jobs:
  a: { <<: *common, pipeline: "\${runtime_params:which}", every: day, time_zone: "\${globals:zone}", task_queue: "\${globals:queue}" }
`,
    };
    const { jobs } = await jobsOf(tree, { params: { which: 'clean' } });
    expect(jobs.a).toMatchObject({
      parts: [{ name: 'clean' }],
      rule: { timeZone: 'Europe/Berlin' },
      run: { taskQueue: 'gpu', retry: { maximumAttempts: 2 } },
    });
    expect((await problemsOf(tree))[0]).toBe('PARAM_MISSING');
  });

  test('a file with a mistake breaks no run: what a session reads does not have it', async () => {
    const tree = { 'base/temporal.yml': 'jobs: [', 'base/parameters.yml': 'a: 1' };
    expect((await problemsOf(tree))[0]).toBe('CONFIG_SYNTAX');
    expect(fillParameters(await templateOf(tree))).toEqual({ a: 1 });
  });
});
