/** Schedules on a real server: from a file to runs of the right intervals. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  applySchedules,
  diffSchedules,
  listSchedules,
  type ScheduleChange,
  type ScheduleDefinitions,
  scheduleControls,
} from '../../src/client/index.ts';
import { jobsOf } from '../jobs/files.ts';
import { journal } from '../projects/temporal/journal.ts';
import { openStack, quietRuntime, type Stack, until } from './stack.ts';

beforeAll(quietRuntime);

/** The schedules of a file with these jobs, gone from the server with the test. `NAME` is a name of the test's own. */
async function schedulesOf(stack: Stack, jobs: string): Promise<{ name: string; schedules: ScheduleDefinitions }> {
  const name = stack.taskQueue.slice(0, 13);
  const { schedules } = await jobsOf(`jobs:\n${jobs.replaceAll('NAME', name).replaceAll('FOLDER', stack.folder)}`);
  onTestFinished(async () => {
    for (const id of Object.keys(schedules))
      await stack.client.schedule
        .getHandle(id)
        .delete()
        .catch(() => {});
  });
  return { name, schedules };
}

function words(changes: readonly ScheduleChange[]): Record<string, string> {
  return Object.fromEntries(changes.map(({ id, change }) => [id, change]));
}

/** How what the schedules started has ended: the runs' ids by state. */
async function startsOf(stack: Stack, count: number): Promise<{ state: string; runId: string; scheduled: string }[]> {
  const query = `WorkflowType = 'scheduledRun' AND TaskQueue = '${stack.taskQueue}'`;
  const ended = async () => {
    const found: string[] = [];
    for await (const { workflowId, status } of stack.client.workflow.list({ query })) {
      if (status.name !== 'RUNNING') found.push(workflowId);
    }
    return found;
  };
  await until(async () => (await ended()).length >= count, `${count} starts`);
  const reports = (await ended()).map(async (id) => {
    const { state, runId, interval } = await stack.client.workflow.getHandle(id).result();
    return { state, runId, scheduled: interval?.scheduledTime };
  });
  return (await Promise.all(reports)).sort((a, b) => (a.scheduled < b.scheduled ? -1 : 1));
}

const DAYS = 'pipeline: days, params: { folder: "FOLDER", work: 1 }, interval_params: { key: key }';

test('up three times: created, unchanged, changed; a person’s pause and note survive', async () => {
  const stack = await openStack();
  const own = { taskQueue: stack.taskQueue };
  const file = (more: string) => schedulesOf(stack, `  NAME: { ${DAYS}, every: day, ${more} }`);
  const { name, schedules } = await file('schedule: { jitter: 5m, paused: false, note: from the file }');
  const first = await applySchedules(stack.client, schedules, own);
  expect(first).toEqual([{ id: name, job: name, change: 'created', fields: [] }]);
  expect(await applySchedules(stack.client, schedules, own)).toEqual([
    { id: name, job: name, change: 'unchanged', fields: [] },
  ]);
  await scheduleControls(stack.client, name, own).pause('The source is down.');

  const changed = await file(
    'time_zone: Europe/Berlin, retry: { maximum_attempts: 2 }, schedule: { jitter: 10m, overlap: skip, paused: false, note: other }',
  );
  const diff = await diffSchedules(stack.client, changed.schedules, own);
  expect(diff).toEqual([{ id: name, job: name, change: 'changed', by: 'file', fields: expect.any(Array) }]);
  expect(diff[0]?.fields).toEqual(
    expect.arrayContaining([
      { field: 'time_zone', server: 'UTC', file: 'Europe/Berlin' },
      { field: 'jitter', server: '300 s', file: '600 s' },
      { field: 'overlap', server: 'BUFFER_ALL', file: 'SKIP' },
      { field: 'job.rule.timeZone', server: 'UTC', file: 'Europe/Berlin' },
      { field: 'job.run', file: { retry: { maximumAttempts: 2 } } },
    ]),
  );
  // To look is to change nothing.
  expect(await diffSchedules(stack.client, changed.schedules, own)).toEqual(diff);
  expect(await applySchedules(stack.client, changed.schedules, own)).toEqual(diff);
  expect(words(await applySchedules(stack.client, changed.schedules, own))).toEqual({ [name]: 'unchanged' });
  const status = await scheduleControls(stack.client, name, own).describe();
  expect(status).toMatchObject({ paused: true, note: 'The source is down.', timeZone: 'Europe/Berlin', next: [] });
});

test('a file’s own pause and note hold at creation', async () => {
  const stack = await openStack();
  const own = { taskQueue: stack.taskQueue };
  const { name, schedules } = await schedulesOf(
    stack,
    `  NAME: { ${DAYS}, every: day, schedule: { paused: true, note: not yet } }`,
  );
  await applySchedules(stack.client, schedules, own);
  const controls = scheduleControls(stack.client, name, own);
  expect(await controls.describe()).toMatchObject({ paused: true, note: 'not yet' });
  await controls.resume();
  await applySchedules(stack.client, schedules, own);
  expect(await controls.describe()).toMatchObject({ paused: false, note: 'Resumed by hand.' });
});

test('what the server gives back for each kind of rule is what was asked for', async () => {
  const stack = await openStack();
  const rules = [
    'hour',
    '6 hours',
    '7 hours',
    '"5 hours", time_zone: Asia/Kolkata, schedule: { offset: 90m }',
    'day, time_zone: America/Sao_Paulo',
    'day, calendar: { weekdays: business-days }',
    '3 days, schedule: { offset: 26h, jitter: 90s, catchup_window: 1h, overlap: skip }',
    'week, time_zone: Australia/Lord_Howe, schedule: { offset: 30m }',
    'month, schedule: { offset: 25h }',
    'quarter',
    'year',
    '"*/20 6-9 * * mon-fri", time_zone: Europe/Dublin',
    '"0 0 1,15 * fri"',
    '[2026-01-01, 2100-02-01, 2100-03-15]',
  ];
  const lines = rules.map((rule, i) => {
    const schedule = rule.includes('schedule:') ? '' : ', schedule: {}';
    return `  NAME-${i}: { pipeline: echo, every: ${rule}${schedule} }`;
  });
  const { schedules } = await schedulesOf(stack, lines.join('\n'));
  const own = { taskQueue: stack.taskQueue };
  const created = await applySchedules(stack.client, schedules, own);
  expect(created.map(({ change }) => change)).toEqual(rules.map(() => 'created'));
  const again = await diffSchedules(stack.client, schedules, own);
  expect(again.flatMap(({ fields }) => fields)).toEqual([]);
  expect(again.map(({ change }) => change)).toEqual(rules.map(() => 'unchanged'));
});

test('what somebody has changed on the server is told apart, and put back', async () => {
  const stack = await openStack();
  const own = { taskQueue: stack.taskQueue };
  const { name, schedules } = await schedulesOf(stack, `  NAME: { ${DAYS}, every: day, schedule: {} }`);
  await applySchedules(stack.client, schedules, own);
  await stack.client.schedule.getHandle(name).update((before) => ({
    ...before,
    spec: { ...before.spec, calendars: before.spec.calendars?.map((each) => ({ ...each, hour: [5, 7] })) ?? [] },
    policies: { ...before.policies, overlap: 'ALLOW_ALL' },
  }));
  const [change] = await applySchedules(stack.client, schedules, own);
  expect(change).toMatchObject({ change: 'changed', by: 'server' });
  expect(change?.fields).toEqual([
    { field: 'times', server: ['0 0 5,7 * * * *'], file: ['0 0 0 * * * *'] },
    { field: 'overlap', server: 'ALLOW_ALL', file: 'BUFFER_ALL' },
  ]);
  expect(words(await diffSchedules(stack.client, schedules, own))).toEqual({ [name]: 'unchanged' });
});

describe('schedules that the file does not have', () => {
  test('are left alone, and deleted with prune; those of others never', async () => {
    const stack = await openStack();
    const own = { taskQueue: stack.taskQueue };
    const { name, schedules } = await schedulesOf(
      stack,
      `  NAME-a: { ${DAYS}, every: day, schedule: {} }\n  NAME-b: { ${DAYS}, every: day, schedule: {} }\n  NAME-c: { ${DAYS}, every: day, schedule: {} }`,
    );
    const { [`${name}-a`]: a, [`${name}-b`]: b, [`${name}-c`]: c } = schedules;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three schedules');
    await applySchedules(stack.client, { [a.id]: a, [b.id]: b }, own);
    await applySchedules(stack.client, { [c.id]: c }, { taskQueue: `${stack.taskQueue}-other` });
    await stack.client.schedule.create({
      scheduleId: `${name}-by-hand`,
      spec: {},
      action: { type: 'startWorkflow', workflowType: 'scheduledRun', taskQueue: stack.taskQueue },
    });
    onTestFinished(() => stack.client.schedule.getHandle(`${name}-by-hand`).delete());
    const ids = async () => (await listSchedules(stack.client, own)).map(({ id }) => id);
    // A server's list of schedules is some milliseconds behind.
    await until(async () => (await ids()).length === 2, 'two schedules in the list');
    expect(words(await applySchedules(stack.client, { [a.id]: a }, own))).toEqual({
      [a.id]: 'unchanged',
      [b.id]: 'orphaned',
    });
    const prune = { ...own, prune: true };
    expect(words(await diffSchedules(stack.client, { [a.id]: a }, prune))).toEqual({
      [a.id]: 'unchanged',
      [b.id]: 'deleted',
    });
    expect(await ids()).toEqual([a.id, b.id]);
    await applySchedules(stack.client, { [a.id]: a }, prune);
    expect(await ids()).toEqual([a.id]);
    await expect(stack.client.schedule.getHandle(c.id).describe()).resolves.toBeDefined();
    await expect(stack.client.schedule.getHandle(`${name}-by-hand`).describe()).resolves.toBeDefined();
  });

  test('keep their ids: a file that wants one is refused before anything is changed', async () => {
    const stack = await openStack();
    const { name, schedules } = await schedulesOf(
      stack,
      `  NAME-a: { ${DAYS}, every: day, schedule: {} }\n  NAME-z: { ${DAYS}, every: day, schedule: {} }`,
    );
    const mine = schedules[`${name}-z`];
    if (mine === undefined) throw new Error('two schedules');
    await applySchedules(stack.client, { [mine.id]: mine }, { taskQueue: 'theirs' });
    const applying = applySchedules(stack.client, schedules, { taskQueue: stack.taskQueue });
    await expect(applying).rejects.toMatchObject({
      code: 'JOB_INVALID',
      message: expect.stringContaining(`"${name}-z" on the server belongs to "theirs"`),
    });
    await expect(stack.client.schedule.getHandle(`${name}-a`).describe()).rejects.toThrow();
    const controls = scheduleControls(stack.client, `${name}-z`, { taskQueue: stack.taskQueue });
    await expect(controls.pause()).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect((await stack.client.schedule.getHandle(`${name}-z`).describe()).state.paused).toBe(false);
  });
});

describe('what a schedule starts', () => {
  test('trigger runs the last interval that has ended, under its one id; again, it joins', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const own = { taskQueue: stack.taskQueue };
    const { name, schedules } = await schedulesOf(stack, `  NAME: { ${DAYS}, every: day, schedule: {} }`);
    await applySchedules(stack.client, schedules, own);
    const controls = scheduleControls(stack.client, name, own);
    await controls.trigger();
    const [first] = await startsOf(stack, 1);
    const key = first?.runId.split('/')[1] ?? '';
    expect(first).toMatchObject({ state: 'ran', runId: `${name}/${key}` });
    expect(Date.parse(`${key}T00:00Z`) + 86_400_000).toBeLessThanOrEqual(Date.now());
    expect(Date.parse(`${key}T00:00Z`) + 2 * 86_400_000).toBeGreaterThan(Date.now() - 60_000);
    // A second start in the same second would have the id of the first.
    await until(() => Date.now() - Date.parse(first?.scheduled ?? '') > 2_000);
    await controls.trigger();
    const both = await startsOf(stack, 2);
    expect(both.map(({ state }) => state)).toEqual(['ran', 'joined']);
    expect(journal(stack.folder).filter(({ what }) => what === 'end')).toHaveLength(1);
    expect(await controls.describe()).toMatchObject({ started: 2, running: [] });
  });

  test('an offset longer than an interval moves when a run starts, and not which interval it is for', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const { name, schedules } = await schedulesOf(
      stack,
      `  NAME: { ${DAYS}, every: day, time_zone: America/New_York, schedule: { offset: 26h, overlap: allow_all } }`,
    );
    await applySchedules(stack.client, schedules, { taskQueue: stack.taskQueue });
    const range = { start: new Date('2015-06-09T00:00Z'), end: new Date('2015-06-11T00:00Z') };
    await stack.client.schedule.getHandle(name).backfill({ ...range, overlap: 'ALLOW_ALL' });
    const starts = await startsOf(stack, 2);
    expect(starts.map(({ runId, scheduled }) => [runId, scheduled])).toEqual([
      [`${name}/2015-06-07`, '2015-06-09T06:00:00.000Z'],
      [`${name}/2015-06-08`, '2015-06-10T06:00:00.000Z'],
    ]);
    const keys = journal(stack.folder).flatMap(({ what, key }) => (what === 'end' ? [key] : []));
    expect(keys.sort()).toEqual(['2015-06-07', '2015-06-08']);
  });

  test('jitter puts a start off, and not the time that its interval is found by', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const { name, schedules } = await schedulesOf(stack, `  NAME: { ${DAYS}, every: day, schedule: {} }`);
    // A rule has no seconds, so the schedule is made by hand: what it starts is ours.
    const handle = await stack.client.schedule.create({
      scheduleId: name,
      spec: { calendars: [{ second: { start: 0, end: 57, step: 3 }, minute: '*', hour: '*' }], jitter: '2 seconds' },
      action: {
        type: 'startWorkflow',
        workflowType: 'scheduledRun',
        taskQueue: stack.taskQueue,
        args: [{ job: schedules[name]?.job }],
      },
    });
    const starts = await startsOf(stack, 3);
    const { recentActions } = (await handle.describe()).info;
    expect(recentActions.some(({ scheduledAt }) => scheduledAt.getTime() % 3_000 !== 0)).toBe(true);
    for (const { scheduled } of starts) expect(Date.parse(scheduled) % 3_000).toBe(0);
  });

  test('a run that fails fails its start, which pauses a schedule that says so; the next start tries again', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const own = { taskQueue: stack.taskQueue };
    const { name, schedules } = await schedulesOf(
      stack,
      `  NAME: { ${DAYS.replace('work: 1', 'work: 1, bad: ["2015-01-01"]')}, every: day, schedule: { pause_on_failure: true } }`,
    );
    await applySchedules(stack.client, schedules, own);
    const handle = stack.client.schedule.getHandle(name);
    const day = { start: new Date('2015-01-01T23:00Z'), end: new Date('2015-01-02T01:00Z') };
    await handle.backfill(day);
    const controls = scheduleControls(stack.client, name, own);
    await until(async () => (await controls.describe()).paused, 'the pause');
    expect((await controls.describe()).note).toMatch(/fail/i);
    await controls.resume();
    await writeFile(path.join(stack.folder, 'mended'), '');
    await handle.backfill(day);
    const run = stack.client.workflow.getHandle(`${name}/2015-01-01`);
    await until(async () => (await run.describe()).status.name === 'COMPLETED', 'the second try');
  });

  test('terminated, it leaves the run alone, unless the policy is to terminate the other', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const own = { taskQueue: stack.taskQueue };
    const waiting = 'pipeline: wait, params: { folder: "FOLDER" }, interval_params: { key: key }, every: day';
    const { name, schedules } = await schedulesOf(
      stack,
      `  NAME-a: { ${waiting}, schedule: {} }\n  NAME-b: { ${waiting}, schedule: { overlap: terminate_other } }`,
    );
    await applySchedules(stack.client, schedules, own);
    const statusOf = async (id: string) =>
      (
        await stack.client.workflow
          .getHandle(`${id}/2015-01-01`)
          .describe()
          .catch(() => undefined)
      )?.status.name;
    for (const id of [`${name}-a`, `${name}-b`]) {
      const handle = stack.client.schedule.getHandle(id);
      await handle.backfill({ start: new Date('2015-01-01T23:00Z'), end: new Date('2015-01-02T01:00Z') });
      await until(async () => (await statusOf(id)) === 'RUNNING', 'the run');
      const [start = ''] = (await scheduleControls(stack.client, id, own).describe()).running;
      await stack.client.workflow.getHandle(start).terminate('by hand');
    }
    await until(async () => (await statusOf(`${name}-b`)) === 'TERMINATED', 'the end of the run');
    expect(await statusOf(`${name}-a`)).toBe('RUNNING');
    await writeFile(path.join(stack.folder, 'go'), '');
    await until(async () => (await statusOf(`${name}-a`)) === 'COMPLETED', 'the end of the other run');
  });
});
