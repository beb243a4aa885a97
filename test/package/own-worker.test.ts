/** The packed package in a folder that knows nothing of this repository. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);

let folder: string;
let app: string;
let tarball: string;

/** Runs a program in the user's folder, without anything that this test runner has put into the environment. */
async function run(program: string, ...args: string[]): Promise<string> {
  return (await execute(program, args, { cwd: app, env: environment(), maxBuffer: 64 * 1024 * 1024 })).stdout;
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return { ...rest, TEMPORAL_ADDRESS: inject('temporalAddress'), TASK_QUEUE: path.basename(folder), NO_COLOR: '1' };
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-package-'));
  app = path.join(folder, 'app');
  await execute('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  tarball = path.join(folder, (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? '');
  await cp(path.join(import.meta.dirname, 'own-worker'), app, { recursive: true });
  await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test('a Worker of the user’s own runs our workflow and theirs, with their pipeline and their activity', async () => {
  const worker = spawn(process.execPath, ['worker.js'], { cwd: app, env: environment(), stdio: 'pipe' });
  const ended = once(worker, 'exit');
  try {
    const printed = JSON.parse(await run(process.execPath, 'start.js'));
    expect(printed).toEqual({ total: 6.6, said: 'The list comes to 33.' });
    expect(JSON.parse(await readFile(path.join(app, 'data/list.json'), 'utf8'))).toEqual([11, 22]);
  } finally {
    worker.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

describe('the installed command line', () => {
  test('says what there is', async () => {
    expect(await run('npx', '--no-install', 'kedro-temporal', '--help')).toContain('Usage: kedro-temporal');
  });

  test('describes the project, its TypeScript pipeline too', async () => {
    const described = JSON.parse(await run('npx', '--no-install', 'kedro-temporal', 'describe', '--json'));
    expect(described.pipelines).toMatchObject({
      prices: { nodes: [{ name: 'add_tax' }, { name: 'sum' }] },
      typed: { nodes: [{ name: 'greet' }] },
    });
  });

  test('runs a TypeScript pipeline, with what it imports, under plain Node', async () => {
    const args = ['--local', '-p', 'typed', '--run-id', 'mine', '--json'];
    const report = JSON.parse(await run('npx', '--no-install', 'kedro-temporal', 'run', ...args));
    expect(report.outputs).toEqual({ greeting: { text: 'tax is 0.1!', runId: 'mine' } });
  });
});

test('every door opens from plain JavaScript', async () => {
  const { exports } = JSON.parse(await readFile(path.join(app, 'node_modules/kedro-temporal/package.json'), 'utf8'));
  const doors = Object.keys(exports).filter((door) => !door.endsWith('.json') && door !== './workflows');
  const script = doors.map((door) => `await import('kedro-temporal${door.slice(1)}');`).join('');
  await run(process.execPath, '--input-type=module', '--eval', script);
  expect(doors).toContain('./plugin');
});

test('the types say what the doors have, and refuse what they do not', async () => {
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  expect(await run(process.execPath, tsc, '-p', '.')).toBe('');
});

test('publint has nothing to say of the tarball', async () => {
  const { buffer, byteOffset, byteLength } = await readFile(tarball);
  const data = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  expect((await publint({ pack: { tarball: data }, strict: true })).messages).toEqual([]);
});

// The package is ESM only: CommonJS reaches it by import(), or by require() of Node 20.19 and later, which the tool does not know;
// and resolution without "exports" is that of Node 10.
test('the types are right for every door and each way an ES module is resolved', async () => {
  const checked = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  expect(checked.types).toMatchObject({ kind: 'included' });
  if (checked.types === false) return;
  const problems = checked.problems.filter(
    (problem) => !('resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind)),
  );
  expect(problems).toEqual([]);
  expect(Object.keys(checked.entrypoints)).toContain('./plugin');
});
