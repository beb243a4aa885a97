/** Verbs that speak to a server: what they print, how they end, and what Ctrl-C leaves behind. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { doings, journal } from '../projects/temporal/journal.ts';
import { command, documentOf, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');

let folder: string;
let server: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-cli-'));
  server = ['--address', inject('temporalAddress'), '--task-queue', `cli-${crypto.randomUUID()}`];
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function startWorker() {
  const worker = startCommand(['worker', '--project', PROJECT, ...server]);
  await worker.said('is ready');
  return worker;
}

function unique(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

function days(job: string, to: string, params = ''): string[] {
  const range = ['--job', job, '--from', '2015-01-01', '--to', to, '--interval-params', 'key=key'];
  return ['backfill', ...range, '-p', 'days', '--params', `folder=${folder}${params}`, ...server];
}

test('worker, run and backfill: documents on stdout, and exit codes that tell success from failure', async () => {
  const worker = await startWorker();
  const runId = unique('run');
  const [run, failed, clean, half] = await Promise.all([
    command(['run', '-p', 'echo', '--run-id', runId, '--json', ...server]),
    command(['run', '-p', 'final', '--params', `folder=${folder}`, '--json', ...server]),
    command([...days(unique('clean'), '2015-01-04'), '--json']),
    command([...days(unique('half'), '2015-01-04', ',bad=2015-01-02'), '--concurrency', '1']),
  ]);
  expect(documentOf(run)).toMatchObject({ runId, outputs: { echo: 'one' } });
  expect(documentOf(failed)).toMatchObject({ error: { code: 'NODE_FAILED' } });
  expect(documentOf(clean)).toMatchObject({ total: 3, succeeded: 3, failed: 0 });
  expect([run.code, failed.code, clean.code, half.code]).toEqual([0, 1, 0, 1]);
  expect(half.stdout).toMatch(/^2015-01-02 +NODE_FAILED +Node "second_file" failed: 2015-01-02 is bad *$/m);
  expect(half.stdout).toMatch(/^2 succeeded, 1 failed, in .*$/m);
  expect(half.stderr).toContain('2/3 done · 0 running · 1 failed');
  worker.child.kill('SIGINT');
  expect(await worker.ended).toMatchObject({ code: 0, stdout: '' });
});

test('Ctrl-C detaches from a run with 130: it goes on, and its id comes back to it', async () => {
  await startWorker();
  const run = ['run', '-p', 'wait', '--params', `folder=${folder}`, '--run-id', unique('left'), '--json', ...server];
  const first = startCommand(run);
  await first.said('Started run');
  first.child.kill('SIGINT');
  const ended = await first.ended;
  expect([ended.code, ended.stdout]).toEqual([130, '']);
  expect(ended.stderr).toContain('Detached');
  await writeFile(path.join(folder, 'go'), '');
  const second = await command(run);
  expect(second.code).toBe(0);
  expect(documentOf(second)).toMatchObject({ references: { checked: { dataset: 'checked' } } });
  expect(doings(folder)).toEqual(['begin', 'wait', 'waited']);
});

test('--detach leaves run and backfill to themselves with 0: the id on stdout, and the command that comes back', async () => {
  await startWorker();
  const run = ['run', '-p', 'echo', ...server];
  const [plain, asJson, backfill] = await Promise.all([
    command([...run, '--detach']),
    command([...run, '--detach', '--run-id', unique('left'), '--json']),
    command([...days(unique('left'), '2015-01-04'), '--detach', '--json']),
  ]);
  const id = plain.stdout.trim();
  expect(id).toMatch(/^run-[\w-]+$/);
  expect(plain.stderr).toContain(`npx kedro-temporal ${run.join(' ')} --run-id ${id}`);
  expect(documentOf(asJson)).toMatchObject({ runId: expect.stringMatching(/^left-/), isNew: true });
  expect([plain.code, asJson.code, backfill.code]).toEqual([0, 0, 0]);
  const back = String(documentOf(backfill).comeBack).split(' ').slice(2);
  expect(back.slice(0, 2)).toEqual(['backfill', 'watch']);
  const [again, watched] = await Promise.all([
    command([...run, '--run-id', id, '--json']),
    command([...back, '--json']),
  ]);
  expect(documentOf(again)).toMatchObject({ runId: id, outputs: { echo: 'one' } });
  expect(documentOf(watched)).toMatchObject({ total: 3, succeeded: 3 });
});

test('Ctrl-C detaches from a backfill with 130: it goes on, and the same command comes back to it', async () => {
  await startWorker();
  const backfill = [...days(unique('left'), '2015-01-13', ',work=150'), '--concurrency', '2', '--json'];
  const first = startCommand(backfill);
  await first.said('Backfill ');
  first.child.kill('SIGINT');
  const ended = await first.ended;
  expect([ended.code, ended.stdout]).toEqual([130, '']);
  const second = await command(backfill);
  expect(second.stderr).toContain('Found backfill');
  expect(documentOf(second)).toMatchObject({ total: 12, succeeded: 12 });
  expect(journal(folder).filter(({ what }) => what === 'start')).toHaveLength(12);
});

test('a worker whose project is none, or whose artifact is not there, ends with 2 and says why', async () => {
  const [homeless, bare] = await Promise.all([
    command(['worker', '--project', folder, ...server]),
    command(['worker', '--project', PROJECT, '--preload', 'madde', ...server]),
  ]);
  expect([homeless.code, bare.code]).toEqual([2, 2]);
  expect(homeless.stderr).toContain('PROJECT_NOT_FOUND');
  expect(bare.stderr).toContain('DATASET_NOT_FOUND');
  expect(bare.stderr).not.toContain('is ready');
});

describe('with --dev', () => {
  /** A copy of the project with a place of its own for the server's state. */
  async function ownProject(): Promise<string> {
    const project = path.join(folder, 'project');
    await cp(PROJECT, project, { recursive: true, filter: (file) => !file.includes('.kedro-temporal') });
    await mkdir(path.join(project, 'node_modules'));
    await symlink(ROOT, path.join(project, 'node_modules/kedro-temporal'));
    return project;
  }

  function isServed(project: string): boolean {
    return existsSync(path.join(project, '.kedro-temporal/temporal.db.server.json'));
  }

  test('a run brings its server and worker; Ctrl-C ends both, and asked for again it goes on where it stood', async () => {
    const project = await ownProject();
    const params = `folder=${folder}`;
    const run = ['run', '--dev', '-P', project, '-p', 'wait', '--params', params, '--run-id', 'mine', '--json'];
    const first = startCommand(run);
    await first.said('Started run');
    while (!doings(folder).includes('wait')) await first.said('Started run');
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    expect(isServed(project)).toBe(false);
    await writeFile(path.join(folder, 'go'), '');
    const second = await command(run);
    expect(second.code).toBe(0);
    expect(documentOf(second)).toMatchObject({ runId: 'mine', nodes: [{ status: 'skipped' }, { status: 'done' }] });
    expect(doings(folder)).toEqual(['begin', 'wait', 'wait', 'waited']);
    expect(isServed(project)).toBe(false);
  });

  test('dev serves other commands until Ctrl-C, then ends with 0 and leaves no server', async () => {
    const project = await ownProject();
    const dev = startCommand(['dev', '-P', project]);
    await dev.said('Ready');
    const backfill = ['backfill', '--dev', '-P', project, '--job', 'j', '--from', '2015-01-01', '--to', '2015-01-03'];
    const ended = await command([...backfill, '-p', 'echo', '--json']);
    expect(documentOf(ended)).toMatchObject({ succeeded: 2 });
    expect(isServed(project)).toBe(true);
    dev.child.kill('SIGINT');
    const { code, stderr } = await dev.ended;
    expect(code).toBe(0);
    // Warnings of the SDK about what is meant to be.
    expect(stderr).not.toContain('No workflows');
    expect(isServed(project)).toBe(false);
  });
});
