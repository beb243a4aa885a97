/** `backfill plan|apply|status|…` and `schedules audit`: what they print, and how they end. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { command, documentOf, ROOT, startCommand } from './command.ts';

let project: string;
let job: string;
let own: string[];

/** A project of its own with one job; a day is bad while the file "mended" is not there. */
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-backfill-'));
  job = `cli-${crypto.randomUUID().slice(0, 8)}`;
  own = ['--project', project, '--address', inject('temporalAddress')];
  await mkdir(path.join(project, 'conf/base'), { recursive: true });
  await mkdir(path.join(project, 'pipelines'));
  await mkdir(path.join(project, 'node_modules'));
  await symlink(ROOT, path.join(project, 'node_modules/kedro-temporal'));
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
  await writeFile(
    path.join(project, 'conf/base/catalog.yml'),
    'done: { type: text.TextDataset, filepath: "data/${runtime_params:day}.txt" }\n',
  );
  await writeFile(
    path.join(project, 'conf/base/temporal.yml'),
    `worker: { task_queue: queue-${job} }
jobs:
  ${job}: { pipeline: daily, every: day, interval_params: { day: key }, retry: { maximum_attempts: 1 } }
`,
  );
  await writeFile(
    path.join(project, 'pipelines/daily.js'),
    `import { existsSync } from 'node:fs';
import { node, pipeline } from 'kedro-temporal';
function work(day) {
  if (day === '2015-01-03' && !existsSync('${path.join(project, 'mended')}')) throw new Error('the 3rd is bad');
  return day;
}
export default pipeline([node(work, { inputs: 'params:day', outputs: 'done', name: 'work' })]);
`,
  );
  await writeFile(path.join(project, 'conf/base/parameters.yml'), 'day: none\n');
});
afterEach(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));

const FIRST_FIVE = ['--from', '2015-01-01', '--to', '2015-01-06'];

function backfill(...args: string[]) {
  return command(['backfill', ...args, ...own]);
}

test('plan, apply, status, retry and audit tell one story', async () => {
  const worker = startCommand(['worker', ...own]);
  await worker.said('is ready');
  const plan = await backfill('plan', '--job', job, ...FIRST_FIVE, '--json');
  expect(plan.code).toBe(0);
  const { hash, intervals } = documentOf(plan) as { hash: string; intervals: unknown[] };
  expect(documentOf(plan)).toMatchObject({ job, total: 5, to_run: 5, skipped: {} });
  expect(intervals[1]).toEqual({
    key: '2015-01-02',
    id: `${job}/2015-01-02`,
    start: '2015-01-02T00:00:00Z',
    end: '2015-01-03T00:00:00Z',
    action: 'run',
  });

  const applied = await backfill('apply', hash);
  expect(applied.code).toBe(1);
  expect(applied.stdout).toMatch(/^2015-01-03 +NODE_FAILED +Node "work" failed: the 3rd is bad *$/m);
  expect(applied.stdout).toMatch(/^4 succeeded, 1 failed, in /m);

  const status = await backfill('status', job);
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/^failed +1 +NODE_FAILED 1$/m);
  const paused = await backfill('pause', job, '--json');
  expect([paused.code, documentOf(paused)]).toMatchObject([2, { error: { code: 'BACKFILL_ENDED' } }]);

  const audit = await command(['schedules', 'audit', job, ...FIRST_FIVE, ...own]);
  expect(audit.code).toBe(1);
  expect(audit.stdout).toMatch(/1 missing: 2015-01-03 +kedro-temporal backfill apply [0-9a-f]{16}$/m);

  await writeFile(path.join(project, 'mended'), '');
  expect((await backfill('retry', job)).code).toBe(0);
  const watched = await backfill('watch', job, '--json');
  expect([watched.code, documentOf(watched)]).toMatchObject([0, { succeeded: 5, failed: 0 }]);
  expect(await readFile(path.join(project, 'data/2015-01-03.txt'), 'utf8')).toBe('2015-01-03');
  const clean = await command(['schedules', 'audit', job, ...FIRST_FIVE, ...own]);
  expect([clean.code, clean.stdout]).toEqual([0, expect.stringContaining('nothing is missing')]);

  const again = await backfill(
    'plan',
    '--job',
    job,
    '--from',
    '2015-01-01',
    '--to',
    '2015-01-08',
    '--skip',
    'existing',
  );
  expect(again.stdout).toMatch(/^2015-01-05 .* skip +EXISTS$/m);
  expect(again.stdout).toMatch(/^2 of 7 to run, 2015-01-01 to 2015-01-07 · 5 left out \(EXISTS\)/m);
}, 120_000);

test('what is wrong with the flags is said, with 2', async () => {
  const ends = await Promise.all([
    backfill('--from', '2015-01-01', '--json'),
    backfill('--job', job, '--json'),
    backfill('--job', `${job}x`, '--from', '2015-01-01', '--json'),
    backfill('--job', job, '--from', '2015-01-01', '--every', 'hour', '--json'),
    backfill('--job', job, '--from', '2015-01-01', '--chunk', '36h', '--json'),
    backfill('apply', '0123456789abcdef', '--json'),
  ]);
  expect(ends.map(({ code }) => code)).toEqual(ends.map(() => 2));
  const errors = ends.map((end) => (documentOf(end) as { error: { code: string; message: string } }).error);
  expect(errors).toMatchObject([
    { code: 'REQUEST_INVALID', message: 'Say which job: --job NAME.' },
    { code: 'REQUEST_INVALID', message: 'Say where the range begins: --from 2015-01-01.' },
    { code: 'JOB_NOT_FOUND', message: expect.stringContaining(`Did you mean "${job}"`) },
    { code: 'REQUEST_INVALID', message: expect.stringContaining('says in temporal.yml how its time is divided') },
    { code: 'REQUEST_INVALID', message: expect.stringContaining('no whole number of intervals') },
    { code: 'REQUEST_INVALID', message: expect.stringContaining('There is no plan') },
  ]);
});
