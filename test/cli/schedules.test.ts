/** `schedules …`: what it prints, how it ends, and what it leaves on the server. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { applySchedules, scheduleControls } from '../../src/client/index.ts';
import { readJobs } from '../../src/jobs/index.ts';
import { until } from '../temporal/stack.ts';
import { command, documentOf } from './command.ts';

let project: string;
let own: string[];
let name: string;
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-schedules-'));
  await mkdir(path.join(project, 'conf/base'), { recursive: true });
  name = `cli-${crypto.randomUUID().slice(0, 8)}`;
  own = ['--project', project, '--address', inject('temporalAddress')];
});
afterEach(() => rm(project, { recursive: true, force: true }));

async function write(...jobs: string[]): Promise<void> {
  const lines = ['worker:', `  task_queue: queue-${name}`, 'jobs:', ...jobs.map((job) => `  ${name}-${job}`)];
  await writeFile(path.join(project, 'conf/base/temporal.yml'), lines.join('\n'));
}

function schedules(...args: string[]) {
  return command(['schedules', ...args, ...own]);
}

/** `schedules up`, in this process: a command takes seconds. */
async function upHere(): Promise<void> {
  const jobs = await readJobs({ project });
  await withClient((client) => applySchedules(client, jobs.schedules, { taskQueue: `queue-${name}` }));
}

async function withClient(work: (client: Client) => Promise<unknown>): Promise<void> {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  try {
    await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

test('up shows what differs and applies it; a dry run changes nothing; --prune deletes', async () => {
  const kept = 'c: { pipeline: x, every: hour, schedule: {} }';
  await write('a: { pipeline: x, every: day, schedule: {} }', 'b: { pipeline: x, every: hour, schedule: {} }', kept);
  const dry = await schedules('up', '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: 'Nothing was changed: this was a dry run.\n' });
  expect(dry.stdout).toMatch(new RegExp(`^${name}-a +created *$`, 'm'));
  expect(await schedules('up')).toMatchObject({ code: 0, stdout: dry.stdout, stderr: 'Done.\n' });
  await write('a: { pipeline: x, every: day, time_zone: Europe/Berlin, schedule: { jitter: 1m } }', kept);
  expect(documentOf(await schedules('up', '--prune', '--json'))).toMatchObject({
    applied: true,
    changes: [
      {
        id: `${name}-a`,
        change: 'changed',
        by: 'file',
        fields: expect.arrayContaining([{ field: 'jitter', server: '0 s', file: '60 s' }]),
      },
      { id: `${name}-c`, change: 'unchanged' },
      { id: `${name}-b`, change: 'deleted' },
    ],
  });
});

test('pause and resume say where the schedules stand; list shows them all', async () => {
  await write('a: { pipeline: x, every: day, schedule: {} }', 'b: { pipeline: x, every: day, schedule: {} }');
  await upHere();
  const paused = documentOf(await schedules('pause', `${name}-a`, '--note', 'a flood', '--json'));
  expect(paused).toMatchObject({ schedules: [{ id: `${name}-a`, paused: true, note: 'a flood', next: [] }] });
  const list = await schedules('list');
  expect(list.stdout).toMatch(new RegExp(`^${name}-a +${name}-a +day, UTC +paused +0 +a flood *$`, 'm'));
  expect(list.stdout).toMatch(
    new RegExp(`^${name}-b +${name}-b +day, UTC +\\d{4}-\\d\\d-\\d\\dT00:00:00.000Z +0 *$`, 'm'),
  );
  const resumed = documentOf(await schedules('resume', '--all', '--json'));
  expect(resumed).toMatchObject({ schedules: [{ paused: false }, { paused: false }] });
});

test('trigger starts what the schedule starts', async () => {
  await write('a: { pipeline: x, every: day, schedule: {} }');
  await upHere();
  expect((await schedules('trigger', `${name}-a`)).code).toBe(0);
  await withClient(async (client) => {
    const { describe } = scheduleControls(client, `${name}-a`, { taskQueue: `queue-${name}` });
    await until(async () => (await describe()).started === 1, 'the start');
  });
});

test('a mistake in the file ends up with 2 and names it, and keeps nobody from pausing', async () => {
  await write('a: { pipeline: x, every: day, schedule: {} }');
  await upHere();
  await write('a: { pipeline: x, evrey: day, schedule: {} }');
  const up = await schedules('up', '--json');
  expect(up.code).toBe(2);
  expect(documentOf(up)).toMatchObject({
    error: {
      code: 'JOB_INVALID',
      message: expect.stringContaining(`jobs.${name}-a.evrey is unknown. Did you mean "every"?`),
    },
  });
  own.push('--task-queue', `queue-${name}`);
  const paused = await schedules('pause', `${name}-a`);
  expect(paused.stderr).toContain('Going on without temporal.yml');
  expect([paused.code, paused.stdout.includes('paused')]).toEqual([0, true]);
});

test('a schedule that is none of this project’s, or none at all, ends with 2', async () => {
  await write('a: { pipeline: x, every: day, schedule: {} }');
  const [unknown, nameless] = await Promise.all([
    schedules('pause', 'nobodys', '--json'),
    schedules('trigger', '--json'),
  ]);
  expect([unknown.code, nameless.code]).toEqual([2, 2]);
  expect(documentOf(unknown)).toMatchObject({ error: { code: 'JOB_NOT_FOUND' } });
  expect(documentOf(nameless)).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
});

test('without an address, the file’s connection says where', async () => {
  await write('a: { pipeline: x, every: day, schedule: {} }');
  const connection = `\nconnection: { address: "${inject('temporalAddress')}", namespace: default }\n`;
  await writeFile(path.join(project, 'conf/base/temporal_connection.yml'), connection);
  own = ['--project', project];
  expect(documentOf(await schedules('up', '--json'))).toMatchObject({ applied: true });
});
