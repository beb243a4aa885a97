/** The tree of verbs: what each says of itself, what it takes, how it ends, and what is loaded for it. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { argumentsOf, programFor } from '../../src/cli/program.ts';
import { command, documentOf, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');
const program = await programFor(undefined, true);

function verbsOf(parent: Command, prefix = ''): [string, Command][] {
  return parent.commands.flatMap((each): [string, Command][] => {
    const name = `${prefix}${each.name()}`;
    const below = verbsOf(each, `${name} `);
    // One that only holds others does nothing itself.
    return each.commands.length > 0 && !doesSomething(each) ? below : [[name, each], ...below];
  });
}

function doesSomething(each: Command): boolean {
  return (each as unknown as { _actionHandler: unknown })._actionHandler != null;
}

function helpOf(each: Command): string {
  let text = '';
  each.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
  each.outputHelp();
  return text;
}

const VERBS = verbsOf(program);

describe('the help of', () => {
  test('the tree has every verb of the command line', () => {
    expect(VERBS.length).toBeGreaterThan(30);
    const names = VERBS.map(([name]) => name);
    const wanted = [
      'init',
      'doctor',
      'catalog list',
      'completion',
      'dev',
      'run',
      'backfill',
      'backfill watch',
      'schedules audit',
    ];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });

  test.each(VERBS)('%s has a description, an example that is called by its name, and fits 80 columns', (name, each) => {
    const text = helpOf(each);
    expect(each.description()).not.toBe('');
    expect(text).toContain('Example:\n');
    expect(text).toMatch(new RegExp(`kedro-temporal ${name.split(' ').join('( \\S+)*? ')}`));
    const long = text.split('\n').filter((line) => line.length > 80);
    expect(long, 'of words; a command may be longer').toEqual(long.filter((line) => line.startsWith('  $ ')));
  });

  test.each(VERBS.filter(([name]) => !['completion', 'complete', 'viz'].includes(name)))(
    '%s takes --json',
    (_, each) => {
      expect(each.options.map(({ long }) => long)).toContain('--json');
    },
  );

  test.each(VERBS.filter(([, each]) => each.options.some(({ long }) => long === '--project')))(
    '%s takes all that says where a project is',
    (_, each) => {
      expect(each.options.map(({ long }) => long)).toEqual(expect.arrayContaining(['--env', '--conf-source']));
    },
  );
});

test('Kedro’s short flags of two letters, and help before a verb, are understood', () => {
  expect(argumentsOf(['run', '-lv', 'a:1', '-ns', 'b'])).toEqual([
    'run',
    '--load-versions',
    'a:1',
    '--namespaces',
    'b',
  ]);
  expect(argumentsOf(['help', 'backfill', 'plan'])).toEqual(['backfill', 'plan', '--help']);
});

describe('a verb is loaded when it is called:', () => {
  const loaded = (...args: string[]): string[] => {
    const seen = path.join(import.meta.dirname, 'loaded-packages.mjs');
    const { stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--import',
        seen,
        '--conditions=kedro-temporal-source',
        path.join(ROOT, 'src/cli/main.ts'),
        ...args,
      ],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, KEDRO_TEMPORAL_PYTHON: '' } },
    );
    return stderr.split('\n').flatMap((line) => (line.startsWith('loaded ') ? [line.slice('loaded '.length)] : []));
  };
  const HEAVY = /@temporalio|zod|fastify|duckdb|chokidar/;

  test.each([
    [['--help']],
    [['--version']],
    [['completion', 'bash']],
    [['config', '--help']],
    [['complete', '--', 'describe', '--']],
    [['run', '--help']],
    [['complete', '--', 'backfill', '--']],
    [['complete', '--', 'schedules', '--']],
  ])('%j needs nothing heavy', (args) => {
    const packages = loaded(...args);
    expect(packages).toContain('commander');
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });

  test('describe needs nothing of Temporal', () => {
    const packages = loaded('describe', '--json', '--project', PROJECT);
    expect(packages).toContain('yaml');
    expect(packages.filter((name) => /@temporalio|zod|fastify/.test(name))).toEqual([]);
  });
});

describe('what Kedro’s own flags say', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-flags-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const run = (...args: string[]) => command(['run', '--local', '-P', PROJECT, ...args, '--json']);

  test('--pipeline and --node-names are --pipelines and --nodes; runners have Kedro’s names', async () => {
    const ended = await run('--pipeline', 'echo', '--node-names', 'echo', '--runner', 'ThreadRunner');
    expect(documentOf(ended)).toMatchObject({ pipelines: ['echo'], nodes: [{ name: 'echo' }] });
  });

  test('--config has them in a file, by Kedro’s names; those of the command go before', async () => {
    const file = path.join(folder, 'run.yml');
    await writeFile(
      file,
      'run:\n  pipeline: echo\n  tags: [quick]\n  params:\n    key: from the file\n    a: { b: 1 }\n',
    );
    expect(documentOf(await run('--config', file))).toMatchObject({ outputs: { echo: 'from the file' } });
    expect(documentOf(await run('-c', file, '--params', 'key=mine'))).toMatchObject({ outputs: { echo: 'mine' } });
  });

  test.each([
    ['a key that no flag has', 'run:\n  pipelnes: echo\n', 'Did you mean "pipelines"'],
    ['no table of that name', 'echo: 1\n', 'no table "run"'],
  ])('--config with %s is refused', async (_, text, why) => {
    const file = path.join(folder, 'wrong.yml');
    await writeFile(file, text);
    const ended = await run('--config', file);
    expect(ended.code).toBe(2);
    expect(documentOf(ended)).toMatchObject({ error: { message: expect.stringContaining(why) } });
  });

  test.each([
    ['a runner that there is not', ['--runner', 'ParallelRunner']],
    ['--async, which is of Kedro projects', ['--async']],
  ])('%s is refused', async (_, flags) => {
    const ended = await run('-p', 'echo', ...flags);
    expect([ended.code, documentOf(ended)]).toMatchObject([2, { error: { code: 'REQUEST_INVALID' } }]);
  });
});

describe('the exit status is', () => {
  test.each([
    [0, 'done', ['run', '--local', '-p', 'echo', '-P', PROJECT], undefined],
    [0, 'help', ['backfill', '--help'], undefined],
    [
      1,
      'the run failed',
      ['run', '--local', '-p', 'final', '--params', `folder=${tmpdir()}/none`, '-P', PROJECT],
      'NODE_FAILED',
    ],
    [1, 'the doctor found something broken', ['doctor', '-P', PROJECT, '--address', '127.0.0.1:1'], undefined],
    [2, 'wrong input', ['run', '--local', '-p', 'ecko', '-P', PROJECT], 'PIPELINE_NOT_FOUND'],
    [2, 'a verb that is none', ['rum'], 'REQUEST_INVALID'],
    [2, 'flags that contradict', ['run', '--detach', '--local', '-P', PROJECT], 'REQUEST_INVALID'],
    [2, 'flags that contradict, by commander', ['run', '--detach', '--wait', '-P', PROJECT], 'REQUEST_INVALID'],
    [3, 'no server', ['workers', '-P', PROJECT, '--address', '127.0.0.1:1'], 'SERVER_UNREACHABLE'],
  ])('%i: %s', async (code, _, args, error) => {
    const ended = await command([...args, '--json']);
    expect(ended.code).toBe(code);
    if (error !== undefined) expect(documentOf(ended)).toEqual({ error: { code: error, message: expect.any(String) } });
  });

  test('130: detached by Ctrl-C', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-exit-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const run = startCommand(['run', '--local', '-P', PROJECT, '-p', 'wait', '--params', `folder=${folder},key=a`]);
    await run.said('begin');
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
  });
});
