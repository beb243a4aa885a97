/** What is wrong with `temporal.yml`, in the words that a person sees. */
import { describe, expect, test } from 'vitest';
import { jobsOf, problemsOf, wrongJob } from './files.ts';

test('every problem is named at once, with file, key and a close match', async () => {
  const tree = {
    'base/temporal.yml': 'pools: { db: 0 }\nshedules: {}',
    'local/temporal_jobs.yml': 'jobs: { daily: { pipeline: { tag: [a] }, evrey: day } }',
  };
  expect(await problemsOf(tree)).toEqual([
    'JOB_INVALID',
    'conf/local/temporal_jobs.yml: jobs.daily.pipeline.tag is unknown. Did you mean "tags"?',
    'conf/local/temporal_jobs.yml: jobs.daily.evrey is unknown. Did you mean "every"?',
    'conf/base/temporal.yml: pools.db is 0; it must be at least 1.',
    'conf/base/temporal.yml: shedules is unknown. Did you mean "schedules"?',
  ]);
});

test('details name the first problem and count them', async () => {
  const error = await jobsOf('jobs: { a: { pipeline: x, pol: 1, retries: 2 } }').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'JOB_INVALID',
    details: { file: 'conf/base/temporal.yml', key: 'jobs.a.pol', problems: 2 },
  });
});

describe('shapes', () => {
  test.each([
    ['pipelines: { a: { after: 1 } }', '.pipelines.a.after.0 must be a text, not 1.'],
    ['pipelines: { a: { inputs: [x] } }', '.pipelines.a.inputs must be a mapping, not ["x"].'],
    ['pipelines: a', '.pipelines must be a mapping, not "a".'],
    ['retry: { maximum_attempts: 1.5 }', '.retry.maximum_attempts must be a whole number, not 1.5.'],
    ['granularity: task', '.granularity is "task"; it may be "workflow", "activity".'],
    ['priority: 6', '.priority.priority_key is 6; it must be at most 5.'],
    ['waits_for: { interval: same }', '.waits_for.0.job is missing: it is a text.'],
    ['schedule: { overlap: queue }', '.schedule.overlap is "queue"; it may be "skip", "buffer_one",'],
    ['schedule: { jiter: 1m }', '.schedule.jiter is unknown. Did you mean "jitter"?'],
    ['calendar: { weekday: [mon] }', '.calendar.weekday is unknown. Did you mean "weekdays"?'],
    ['interval_params: { day: kye }', '.interval_params.day is "kye"; it may be "key", "start", "end",'],
    ['params: [1]', '.params must be a mapping, not [1].'],
    ['backfill: { chunk: seven }', '.backfill.chunk is neither a number of intervals nor a duration such as "7d".'],
  ])('%s', async (line, message) => {
    expect(await wrongJob('pipeline: a', 'every: day', line)).toEqual([expect.stringContaining(message)]);
  });

  test('names that would not do as a part of ids', async () => {
    const [, line] = await problemsOf('jobs: { "a/b": { pipeline: x } }');
    expect(line).toBe(
      'conf/base/temporal.yml: jobs.a/b may hold letters, digits, "_", "-" and "." only: it is a part of ids and file names.',
    );
  });

  test('a secret in the file', async () => {
    const [, line] = await problemsOf('connection: { api_key: abc }');
    expect(line).toContain('connection.api_key would be a secret in a file');
    expect(line).not.toContain('abc');
    const [, named] = await problemsOf('connection: { api_key_env: ey.secret }');
    expect(named).toContain('connection.api_key_env is no name of an environment variable');
    expect(named).not.toContain('secret');
  });
});

describe('durations are Temporal’s', () => {
  test.each(['soon', '-5m', '1 fortnight', '""', 'true', '[1]', '.inf'])('%s is none', async (text) => {
    const [message] = await wrongJob('pipeline: a', `timeouts: { heartbeat: ${text} }`);
    expect(message).toMatch(/^\.timeouts\.heartbeat is .*, which is no duration\. Write one like "30 seconds"/);
  });

  test.each([
    ['90', 90],
    ['1.5h', 5_400_000],
    ['2 days', 172_800_000],
    ['30 seconds', 30_000],
    ['0', 0],
  ])('%s is %d ms', async (text, ms) => {
    const { jobs } = await jobsOf(`jobs: { a: { pipeline: x, timeouts: { heartbeat: ${text} } } }`);
    expect(jobs.a?.run?.heartbeatTimeout).toBe(ms);
  });
});

describe('parts', () => {
  test('none at all, or both ways to say them', async () => {
    expect(await wrongJob('every: day')).toEqual([expect.stringContaining('has no pipelines')]);
    expect(await wrongJob('pipelines: {}')).toEqual([expect.stringContaining('has no pipelines')]);
    expect(await wrongJob('pipeline: a', 'pipelines: [b]')).toEqual([expect.stringContaining('has both')]);
    expect(await wrongJob('pipelines: { a: { pipeline: x, pipelines: [y] } }')).toEqual([
      '.pipelines.a names pipelines more than once: keep one of "pipeline" and "pipelines".',
    ]);
  });

  test('a part that is not there', async () => {
    expect(await wrongJob('pipelines: { clean: , report: { after: cleen } }')).toEqual([
      '.pipelines.report.after.0 names no part of this job. Did you mean "clean"?',
    ]);
    expect(await wrongJob('pipelines: { clean: , report: { inputs: { x: cleen.out } } }')).toEqual([
      '.pipelines.report.inputs.x is "cleen.out"; it must be <part>.<output> with a part of this job. Did you mean "clean"?',
    ]);
    expect(await wrongJob('pipelines: { clean: , report: { inputs: { x: clean } } }')).toHaveLength(1);
  });

  test('a circle, also one through injected outputs', async () => {
    expect(
      await wrongJob('pipelines: { a: { after: c }, b: { inputs: { x: a.out } }, c: { after: [b] }, d: }'),
    ).toEqual(['.pipelines come after each other in a circle: a -> c -> b -> a.']);
    expect(await wrongJob('pipelines: { a: { after: a } }')).toEqual([expect.stringContaining('a -> a')]);
  });

  test('a part of a dotted name is found by the longest name that fits', async () => {
    const { jobs } = await jobsOf(
      'jobs: { j: { pipelines: { a: , a.b: , c: { inputs: { x: a.b.out, y: a.out } } } } }',
    );
    expect(jobs.j?.parts[2]?.inputs).toEqual({
      x: { part: 'a.b', output: 'out' },
      y: { part: 'a', output: 'out' },
    });
  });
});

describe('names of other tables', () => {
  test('pools, schedules and calendars', async () => {
    const file = `
pools: { database: 1 }
schedules: { nightly: {} }
calendars: { work: { weekdays: business-days } }
jobs: { a: { pipeline: x, every: day, pool: databse, schedule: nightl, calendar: wrk } }
`;
    const at = 'conf/base/temporal.yml: jobs.a';
    expect((await problemsOf(file)).slice(1)).toEqual([
      `${at}.schedule names the schedule "nightl", which there is not. Did you mean "nightly"?`,
      `${at}.calendar names the calendar "wrk", which there is not. Did you mean "work"?`,
      `${at}.pool names the pool "databse", which there is not. Did you mean "database"?`,
    ]);
  });

  test('names that every object has are no entries', async () => {
    expect(await wrongJob('pipeline: a', 'every: day', 'pool: constructor', 'schedule: toString')).toHaveLength(2);
  });

  test('two schedules of one id', async () => {
    const file = `
schedules: { s: { id: same } }
jobs: { a: { pipeline: x, every: day, schedule: s }, b: { pipeline: x, every: day, schedule: s } }
`;
    expect((await problemsOf(file))[1]).toContain('schedules.s.id is "same", as the schedule of job "a" is');
  });
});

describe('time', () => {
  test('a rule, a zone, a calendar or a policy that is none', async () => {
    expect(await wrongJob('pipeline: a', 'every: dya')).toEqual([
      expect.stringMatching(/^\.every cannot be used: .*"day"/),
    ]);
    expect(await wrongJob('pipeline: a', 'every: day', 'time_zone: Europe/Berln')).toEqual([
      expect.stringMatching(/^\.time_zone cannot be used: .*Europe\/Berlin/),
    ]);
    expect(await wrongJob('pipeline: a', 'every: day', 'calendar: { exclude: [2015-02-30] }')).toEqual([
      expect.stringMatching(/^\.calendar cannot be used: .*2015-02-30/),
    ]);
    expect(await wrongJob('pipeline: a', 'every: day', 'dst: { gap: jump }')).toEqual([
      expect.stringContaining('.dst.gap'),
    ]);
  });

  test('a calendar that no job names is checked too', async () => {
    expect((await problemsOf('calendars: { work: { weekdays: [moon] } }'))[1]).toContain(
      'calendars.work cannot be used',
    );
  });

  test('words of time without intervals', async () => {
    const lines = ['pipeline: a', 'time_zone: UTC', 'interval_params: { day: key }', 'schedule: {}'];
    expect(await wrongJob(...lines)).toEqual([
      '.time_zone belongs to intervals: give the job "every".',
      '.interval_params needs intervals: give the job "every".',
      '.schedule needs intervals to run: give the job "every" (or the schedule "cron_schedule").',
    ]);
  });

  test('two rules for one job', async () => {
    expect(await wrongJob('pipeline: a', 'every: day', 'schedule: { cron_schedule: "0 0 * * *" }')).toEqual([
      expect.stringContaining('.every says how time is divided, and so does the "cron_schedule"'),
    ]);
  });

  test('a cron expression that is none is the schedule’s mistake', async () => {
    expect(await wrongJob('pipeline: a', 'schedule: { cron_schedule: "0 25 * * *" }')).toEqual([
      expect.stringMatching(/^\.schedule\.cron_schedule cannot be used/),
      expect.stringMatching(/^\.schedule needs intervals/),
    ]);
  });

  test('less than a server keeps', async () => {
    expect(await wrongJob('pipeline: a', 'every: day', 'schedule: { offset: 500, jitter: 1.5s }')).toEqual([
      '.schedule.offset must be whole seconds: a server keeps no less.',
      '.schedule.jitter must be whole seconds: a server keeps no less.',
    ]);
  });

  test('a pause on failure that could not hold anything back', async () => {
    expect(
      await wrongJob('pipeline: a', 'every: day', 'schedule: { overlap: allow_all, pause_on_failure: true }'),
    ).toEqual([expect.stringContaining('.schedule.pause_on_failure has no effect')]);
  });
});

describe('waits', () => {
  const waiting = async (waits: string, more = '') =>
    (
      await problemsOf(`
jobs:
  hourly: { pipeline: a, every: hour }
  once: { pipeline: a }
  daily: { pipeline: a, every: day, waits_for: ${waits}${more} }
`)
    )
      .slice(1)
      .map((line) => line.replace('conf/base/temporal.yml: jobs.daily.waits_for', ''));

  test('for a job that is not there, or has no intervals', async () => {
    expect(await waiting('[hourlie, once]')).toEqual([
      '.0 names the job "hourlie", which there is not. Did you mean "hourly"?',
      '.1 names the job "once", which has no intervals: give that job "every".',
    ]);
  });

  test('for the same interval of a job that divides time in another way', async () => {
    expect(await waiting('hourly')).toEqual([
      expect.stringMatching(/^\.0 wants the same interval of "hourly".*within/),
    ]);
  });

  test('a calendar makes no other intervals', async () => {
    const { jobs } = await jobsOf(`
jobs:
  all: { pipeline: a, every: day }
  some: { pipeline: a, every: day, calendar: { weekdays: business-days }, waits_for: all }
`);
    expect(jobs.some?.waitsFor).toHaveLength(1);
  });

  test('of a job without intervals, and in a circle', async () => {
    expect(
      (await problemsOf('jobs: { a: { pipeline: x, waits_for: b }, b: { pipeline: x, every: day } }'))[1],
    ).toContain('jobs.a.waits_for needs intervals of this job');
    const circle =
      'jobs: { a: { pipeline: x, every: day, waits_for: b }, b: { pipeline: x, every: day, waits_for: a } }';
    expect((await problemsOf(circle))[1]).toContain('jobs.a.waits_for leads back to the job itself: a -> b -> a.');
  });
});
