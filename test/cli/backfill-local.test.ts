/** `backfill --local`: no server is there, and none is needed. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doings, journal } from '../projects/temporal/journal.ts';
import { jsonEntry, pipelineFile, withProject } from '../projects/tiny.ts';
import { command, documentOf, FROM_SOURCE, MAIN, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');
const NO_SERVER = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function days(params: Record<string, unknown>, to: string, ...more: string[]): string[] {
  const what = ['--job', 'days', '-p', 'days', '--interval-params', 'key=key', '--from', '2015-01-01', '--to', to];
  const given = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return ['--local', '-P', PROJECT, ...what, '--params', given.join(','), ...more];
}

test('with --json prints the report of the whole backfill as one document', async () => {
  const folder = await newFolder();
  const ended = await command(['backfill', ...days({ folder, work: 1 }, '2015-01-06', '--json')], NO_SERVER);
  expect(ended.code).toBe(0);
  expect(documentOf(ended)).toMatchObject({ job: 'days', state: 'done', total: 5, succeeded: 5 });
  expect(ended.stderr).toContain('5/5 done');
  expect(new Set(journal(folder).map(({ runId }) => runId)).size).toBe(5);
});

test('a bad day is in the table, and the exit code says so; its outputs tell what is left', async () => {
  const folder = await newFolder();
  await writeFile(path.join(folder, 'params.json'), JSON.stringify({ folder, work: 1, bad: ['2015-01-02'] }));
  const wanted = days({}, '2015-01-04').map((each) => (each === '' ? `@${path.join(folder, 'params.json')}` : each));
  const ended = await command(['backfill', ...wanted], NO_SERVER);
  expect([ended.code, ended.stdout]).toEqual([1, expect.stringMatching(/^2015-01-02 +NODE_FAILED +.*is bad/m)]);
  expect(ended.stdout).toContain('2 succeeded, 1 failed');
  const planned = await command(['backfill', 'plan', ...wanted, '--skip', 'existing', '--json'], NO_SERVER);
  expect(documentOf(planned)).toMatchObject({ total: 3, to_run: 1, skipped: { EXISTS: 2 } });
});

test('Ctrl-C ends what runs, prints the report, and ends with 130', async () => {
  const folder = await newFolder();
  const args = days({ folder, work: 60_000 }, '2015-01-06', '--json', '--concurrency', '2');
  const started = startCommand(['backfill', ...args], NO_SERVER);
  await expect.poll(() => doings(folder), { timeout: 20_000 }).toEqual(['start', 'start']);
  started.child.kill('SIGINT');
  const ended = await started.ended;
  expect([ended.code, ended.stderr]).toEqual([130, expect.stringContaining('Cancelled')]);
  expect(documentOf(ended)).toMatchObject({ state: 'cancelled', outcomes: { cancelled: { BY_HAND: [[0, 5]] } } });
  expect(doings(folder)).toEqual(['start', 'start']);
});

const HAS_SCRIPT = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

test.skipIf(!HAS_SCRIPT).each([
  ['no', 'n\n'],
  ['the end of the input', '\u0004'],
])('asked at a terminal, and answered with %s, --json prints a document (needs script)', async (_, answer) => {
  const folder = await newFolder();
  const words = [...FROM_SOURCE, MAIN, 'backfill', ...days({ folder, work: 1 }, '2015-01-06', '--json')];
  const asked = `"$NODE" ${words.map((each) => `'${each}'`).join(' ')} > '${folder}/stdout'`;
  const ended = spawnSync('script', ['-qec', asked, '/dev/null'], {
    input: answer,
    env: { ...process.env, ...NO_SERVER, NODE: process.execPath, SHELL: '/bin/sh' },
    encoding: 'utf8',
  });
  expect([ended.status, ended.stdout]).toEqual([1, expect.stringContaining('Run it? [Y/n]')]);
  expect(JSON.parse(await readFile(path.join(folder, 'stdout'), 'utf8'))).toMatchObject({
    error: { code: 'RUN_CANCELLED', message: expect.stringContaining('Nothing was started') },
  });
  expect(doings(folder)).toEqual([]);
});

describe('what needs a server', () => {
  test.each([
    ['--skip by past runs', ['--skip', 'completed'], 'use "existing"'],
    ['--on-failure pause', ['--on-failure', 'pause'], '--on-failure stop'],
    ['--until-live', ['--until-live'], 'schedule'],
    ['--dev', ['--dev'], 'cannot be used with'],
  ])('%s is refused', async (_, flags, message) => {
    const wanted = days({ folder: tmpdir() }, '2015-01-03', '--json', ...flags).filter(
      (each, i, all) => !flags.includes('--until-live') || (each !== '--to' && all[i - 1] !== '--to'),
    );
    const ended = await command(['backfill', ...wanted], NO_SERVER);
    expect(ended.code).toBe(2);
    expect(documentOf(ended)).toEqual({
      error: { code: 'REQUEST_INVALID', message: expect.stringContaining(message) },
    });
  });

  test('is left out, and said, where the project has it for all of its backfills', async () => {
    const files = {
      'conf/base/catalog.yml': jsonEntry('out').replace('out.json', `out-\${runtime_params:interval_key,x}.json`),
      'conf/base/temporal.yml':
        'jobs:\n  daily:\n    pipeline: { pipeline_name: one }\n    every: day\n    backfill: { skip: completed, on_failure: pause, concurrency: 1 }\n',
      'pipelines/one.ts': pipelineFile(
        `node(() => { throw Object.assign(new Error('no'), { nonRetryable: true }); }, { inputs: [], outputs: 'out', name: 'one' })`,
      ),
    };
    await withProject(files, async (project) => {
      const range = ['--from', '2015-01-01', '--to', '2015-01-04'];
      const ended = await command(
        ['backfill', '--local', '-P', project, '--job', 'daily', ...range, '--json'],
        NO_SERVER,
      );
      expect(documentOf(ended)).toMatchObject({ failed: 1, outcomes: { cancelled: { AFTER_FAILURES: [[1, 3]] } } });
      expect(ended.stderr).toMatch(/no past runs[\s\S]*Nobody can resume/);
    });
  });
});
