/** `dev`: what a person who edits files sees, and what is left when it ends, however that happens. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STEADY_MS } from '../../src/cli/dev/supervisor.ts';
import { isIgnored } from '../../src/cli/dev/watcher.ts';
import { isRunning, waitForEnd } from '../../src/dev/processes.ts';
import { doings } from '../projects/temporal/journal.ts';
import { pipelineFile } from '../projects/tiny.ts';
import { type Command, command, documentOf, ROOT, startCommand } from './command.ts';

let folder: string;
let project: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-dev-'));
  project = path.join(folder, 'project');
  const own = path.join(ROOT, 'test/projects/temporal');
  await cp(own, project, { recursive: true, filter: (file) => !file.includes('.kedro-temporal') });
  await mkdir(path.join(project, 'node_modules'));
  await symlink(ROOT, path.join(project, 'node_modules/kedro-temporal'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function startDev(...flags: string[]): Promise<Command> {
  const dev = startCommand(['dev', '-P', project, ...flags]);
  await dev.said('Ready');
  return dev;
}

function childrenOf({ pid }: Command): number[] {
  return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
}

const write = (file: string, text: string) => writeFile(path.join(project, file), text);
const run = (...args: string[]) => command(['run', '-P', project, ...args, '--json']);
const says = (word: string) => pipelineFile(`node(() => '${word}', { outputs: 'word', name: 'say' })`);

test('a run takes what the file says now, and a run that was going on is tried again by the new worker', async () => {
  await write('pipelines/word.ts', says('before'));
  const dev = await startDev();
  expect(documentOf(await run('-p', 'word'))).toMatchObject({ outputs: { word: 'before' } });
  const waiting = startCommand(['run', '-P', project, '-p', 'wait', '--params', `folder=${folder}`, '--json']);
  await waiting.said('Started run');
  while (!doings(folder).includes('wait')) await waiting.said('Started run');
  await write('pipelines/word.ts', says('after'));
  await dev.said(/✓ pipelines.word\.ts: reloaded in/);
  expect(documentOf(await run('-p', 'word'))).toMatchObject({ outputs: { word: 'after' } });
  await writeFile(path.join(folder, 'go'), '');
  expect(documentOf(await waiting.ended)).toMatchObject({ references: { checked: {} } });
  dev.child.kill('SIGINT');
  expect(await dev.ended).toMatchObject({ code: 0, stdout: '' });
});

test('a project that does not open says why and is tried at the next change; a broken pipeline keeps nothing from starting', async () => {
  await write('pipelines/odd.ts', 'export default 5;\n');
  await write('settings.ts', 'export default { nope: 5 };\n');
  const dev = startCommand(['dev', '-P', project, '--no-page']);
  await dev.said('PROJECT_SETTINGS_INVALID');
  await dev.said('the next change is tried');
  await rm(path.join(project, 'settings.ts'));
  await dev.said(/✓ settings\.ts: reloaded/);
  await dev.said('! Pipeline "odd" is broken');
  expect((await run('-p', 'echo')).code).toBe(0);
  await write('settings.ts', 'export default { nope: 6 };\n');
  await dev.said('✗ settings.ts: the project does not open');
});

test('a worker that ends unasked is started again, and where the project does not open any more, that is said', async () => {
  const dev = await startDev('--no-page', '--no-reload');
  const kill = async () => {
    // One that is not steady yet waits for a change.
    await setTimeout(STEADY_MS);
    process.kill(
      Number(execFileSync('pgrep', ['-P', String(dev.pid), '-f', 'dev/hold'], { encoding: 'utf8' })),
      'SIGKILL',
    );
  };
  await kill();
  await dev.said('ended unasked, with the signal SIGKILL. A new one is started.');
  await dev.said(/✓ a new worker: reloaded in/);
  await write('settings.ts', 'export default { nope: 5 };\n');
  await kill();
  await dev.said('✗ a new worker: the project does not open');
  await dev.said('PROJECT_SETTINGS_INVALID');
}, 90_000);

test('killed outright, it leaves neither the process with the project nor the server', async () => {
  const dev = await startDev('--no-page');
  const children = childrenOf(dev);
  expect(children.length).toBeGreaterThanOrEqual(2);
  expect(children.every(isRunning)).toBe(true);
  process.kill(dev.pid, 'SIGKILL');
  for (const pid of children) expect(await waitForEnd(pid, 20_000), `process ${pid}`).toBe(true);
});

test('the page is on a port that is free; with --json all places are one document; Ctrl-C ends all of it', async () => {
  const dev = startCommand(['dev', '-P', project, '--json']);
  await dev.said(/"pageUrl":"http:\/\/127\.0\.0\.1:\d+"/);
  dev.child.kill('SIGINT');
  const ended = await dev.ended;
  expect(ended.code).toBe(0);
  expect(documentOf(ended)).toMatchObject({
    state: 'ready',
    project,
    taskQueue: 'kedro-project',
    namespace: 'default',
  });
  expect(existsSync(path.join(project, '.kedro-temporal/temporal.db.server.json'))).toBe(false);
});

test('SIGTERM to it alone, as a supervisor sends, ends all of it', async () => {
  const dev = await startDev();
  const children = childrenOf(dev);
  expect(children.length).toBeGreaterThanOrEqual(2);
  dev.child.kill('SIGTERM');
  expect(await dev.ended).toMatchObject({ code: 0, signal: null });
  for (const pid of children) expect(isRunning(pid), `process ${pid}`).toBe(false);
  expect(existsSync(path.join(project, '.kedro-temporal/temporal.db.server.json'))).toBe(false);
});

describe('a change of', () => {
  test.each([
    ['pipelines/a.ts', false],
    ['src/shop/data/nodes.py', false],
    ['conf/base/parameters.json', false],
    ['conf/local/credentials.yml', false],
    ['settings.mjs', false],
    ['pyproject.toml', false],
    ['data/settings.py', true],
    ['out/report.json', true],
    ['node_modules/a/index.js', true],
    ['src/shop/__pycache__/nodes.py', true],
    ['.venv/lib/a.py', true],
    ['.kedro-temporal/workflows-1.js', true],
    ['notes.txt', true],
  ])('%s is ignored: %s', (file, ignored) => {
    expect(isIgnored('/project', path.join('/project', file), false)).toBe(ignored);
  });

  test('a folder of another place, named by --conf-source, counts', () => {
    expect(isIgnored('/work/project', '/work/conf/base/catalog.yml', false)).toBe(false);
  });
});
