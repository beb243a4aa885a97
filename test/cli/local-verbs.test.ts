/** Verbs that need no server: what they print, and how they end. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { doings } from '../projects/temporal/journal.ts';
import { pipelineFile, withProject } from '../projects/tiny.ts';
import { command, documentOf, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]) => command(['run', '--local', '--project', PROJECT, ...args]);

test('help names every verb and is no error', async () => {
  const { code, stdout } = await command(['--help']);
  expect(code).toBe(0);
  for (const verb of ['describe', 'config', 'run', 'backfill', 'worker', 'dev']) expect(stdout).toContain(`  ${verb} `);
});

describe('describe', () => {
  test('with --json prints the description as one document', async () => {
    const ended = await command(['describe', '--project', PROJECT, '--json']);
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({
      engine: 'native',
      pipelines: { echo: { outputs: ['echo'] }, __default__: { error: { code: 'PIPELINE_DUPLICATE_OUTPUT' } } },
      datasets: { versions: { type: 'json.JSONDataset', versioned: true } },
    });
  });

  test('prints a table for people, with what is broken in it', async () => {
    const { stdout, code } = await command(['describe', '--project', PROJECT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^steps +3 +versions, result$/m);
    expect(stdout).toContain('PIPELINE_DUPLICATE_OUTPUT');
  });
});

describe('config show', () => {
  test('prints what a run with these params would see', async () => {
    const params = ['--params', 'folder=out,key=k,failing=2'];
    const ended = await command(['config', 'show', '--project', PROJECT, '--env', 'base', ...params, '--json']);
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({
      parameters: { folder: 'out', key: 'k', failing: 2, how: 'signal' },
      catalog: { made: { filepath: 'out/made/k.json' } },
    });
  });

  test('a missing param fails the whole, with its code and exit 2', async () => {
    const ended = await command(['config', 'show', '--project', PROJECT, '--env', 'base', '--json']);
    expect(ended.code).toBe(2);
    expect(documentOf(ended)).toMatchObject({ error: { code: 'PARAM_MISSING' } });
  });

  test("the environment needs a folder, the default one too, as for Kedro's loader", async () => {
    for (const env of [['--env', 'nope'], []]) {
      const ended = await command(['config', 'show', '--project', PROJECT, ...env, '--json']);
      expect(ended.code).toBe(2);
      expect(documentOf(ended)).toMatchObject({ error: { code: 'CONFIG_ENV_NOT_FOUND' } });
    }
  });

  test('needs only conf/, follows the settings, and keeps all digits', async () => {
    const project = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-config-show-'));
    onTestFinished(() => rm(project, { recursive: true, force: true }));
    await mkdir(path.join(project, 'conf/shared'), { recursive: true });
    await mkdir(path.join(project, 'conf/local'));
    const text = 'a: 9007199254740993\nb: 1.0\nc: ${runtime_params:x.y}\nd: .inf\n';
    await writeFile(path.join(project, 'conf/shared/parameters.yml'), text);
    await writeFile(path.join(project, 'params.json'), '{"x": {"y": 2.0}}');
    const show = [
      'config',
      'show',
      '--project',
      project,
      '--params',
      `@${path.join(project, 'params.json')}`,
      '--json',
    ];
    expect(documentOf(await command(show))).toMatchObject({ error: { code: 'PROJECT_NOT_FOUND' } });
    const settings = "export default { configLoader: { baseEnv: 'shared' } };\n";
    await writeFile(path.join(project, 'settings.mjs'), settings);
    const { stdout, code } = await command(show);
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(
      '{"parameters":{"a":9007199254740993,"b":1.0,"c":2.0,"d":1e999,"x":{"y":2.0}},"catalog":{},"globals":{}}',
    );
  });

  test('shows a path that a run would refuse, and says so', async () => {
    const params = ['--params', 'folder=out,key=../../k,failing=2'];
    const ended = await command(['config', 'show', '--project', PROJECT, '--env', 'base', ...params, '--json']);
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ catalog: { made: { filepath: 'out/made/../../k.json' } } });
    expect(ended.stderr).toContain('climbs out');
  });
});

describe('run --local', () => {
  test('with --json prints the report as one document, words go to stderr', async () => {
    const ended = await run('-p', 'echo', '--params', 'key=hello', '--run-id', 'mine', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ runId: 'mine', outputs: { echo: 'hello' } });
    expect(ended.stderr).toContain('echo');
  });

  test('prints nodes, outputs and the run for people', async () => {
    const { stdout, code } = await run('-p', 'echo', '--run-id', 'mine');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^echo +done +[\d.]+ ms$/m);
    expect(stdout).toContain('echo: "one"');
    expect(stdout).toContain('run mine done');
  });

  test('reads params and data from files', async () => {
    await writeFile(path.join(folder, 'params.json'), JSON.stringify({ folder }));
    await writeFile(path.join(folder, 'remembered.json'), '"given"');
    const data = `remembered=@${path.join(folder, 'remembered.json')}`;
    const ended = await run('-p', 'steps', '--params', `@${folder}/params.json`, '--data', data, '--json');
    expect(documentOf(ended)).toMatchObject({ outputs: { result: { remembered: 'given' } } });
  });

  test('Ctrl-C ends the run and the command, with 130', async () => {
    const params = `folder=${folder},key=stopped`;
    const started = startCommand(['run', '--local', '-P', PROJECT, '-p', 'wait', '--params', params, '--json']);
    await started.said('begin');
    started.child.kill('SIGINT');
    const ended = await started.ended;
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(doings(folder)).not.toContain('waited');
  });
});

describe('a mishap', () => {
  test.each([
    ['a node that fails', ['run', '--local', '-p', 'final', '--params', 'folder={folder}'], 1, 'NODE_FAILED'],
    ['a missing param', ['run', '--local', '-p', 'steps'], 2, 'PARAM_MISSING'],
    ['an unknown pipeline', ['run', '--local', '-p', 'stepps'], 2, 'PIPELINE_NOT_FOUND'],
    ['a param that is none', ['run', '--local', '--params', 'oops'], 2, 'REQUEST_INVALID'],
    ['data that is broken JSON', ['run', '--local', '-p', 'echo', '--data', 'x=[1,'], 2, 'REQUEST_INVALID'],
    ['an unknown flag', ['run', '--locall'], 2, 'REQUEST_INVALID'],
    ['a flag of a wrong shape', ['run', '--local', '--max-concurrent-runs', '0'], 2, 'REQUEST_INVALID'],
    ['a flag that is missing', ['backfill', '--job', 'j'], 2, 'REQUEST_INVALID'],
    ['an environment that is not there', ['describe', '--env', 'prod'], 2, 'CONFIG_ENV_NOT_FOUND'],
    ['no server to run on', ['run', '-p', 'echo', '--address', '127.0.0.1:1'], 3, 'SERVER_UNREACHABLE'],
  ])('%s: exit code and error document', async (_, args, code, errorCode) => {
    const filled = args.map((arg) => arg.replace('{folder}', folder));
    const ended = await command([...filled, '--project', PROJECT, '--json']);
    expect(documentOf(ended)).toEqual({ error: { code: errorCode, message: expect.any(String) } });
    expect(ended.code).toBe(code);
    expect(ended.stderr).not.toBe('');
  });

  test('without --json it is said on stderr alone, without a stack', async () => {
    const ended = await command(['describe', '--project', '/no/such/project']);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toMatch(/^error: .*\[PROJECT_NOT_FOUND\]\n$/);
  });

  test('in the project’s own code is shown with its place, in a thread too', async () => {
    const files = {
      'pipelines/odd.ts': pipelineFile(
        "node(() => half(undefined as never), { outputs: 'x', name: 'odd' })",
        'const half = (of: { n: number }) =>\n  of.n / 2;',
      ),
    };
    await withProject(files, async (project) => {
      for (const isolation of ['inline', 'thread']) {
        const { stderr } = await command(['run', '--local', '--project', project, '--isolation', isolation]);
        const [said, first, ...more] = stderr.trimEnd().split('\n');
        expect(said).toMatch(/^error: Node "odd" failed: .*\[NODE_FAILED\]$/);
        expect(first).toMatch(/^ +at half \(.*odd\.ts:3:6\)$/);
        expect(more.filter((line) => !line.includes('odd.ts'))).toEqual([]);
      }
    });
  });

  test('a thread that ends itself is told of, although nothing else keeps the process', async () => {
    const files = { 'pipelines/die.ts': pipelineFile("node(() => process.exit(3), { outputs: 'x', name: 'die' })") };
    await withProject(files, async (project) => {
      const ended = await command(['run', '--local', '--project', project, '--isolation', 'thread', '--json']);
      expect(documentOf(ended)).toMatchObject({ error: { code: 'THREAD_DIED' } });
      expect(ended.code).toBe(1);
    });
  });

  test('a worker without a server ends with 3, one without a project with 2', async () => {
    const [unserved, homeless] = await Promise.all([
      command(['worker', '--project', PROJECT, '--address', '127.0.0.1:1']),
      command(['run', '--local', '--project', folder]),
    ]);
    expect([unserved.code, homeless.code]).toEqual([3, 2]);
  });
});

test('viz writes the parameters of --conf-source, where a run would read them', async () => {
  const files = {
    'conf/base/parameters.yml': 'safe: 1\n',
    'other/base/parameters.yml': 'safe: 999\n',
    'other/base/catalog.yml': '',
    'pipelines/p.ts': pipelineFile(`node((safe) => safe, { inputs: 'params:safe', outputs: 'o', name: 'n' })`),
  };
  await withProject(files, async (project) => {
    const [source, output] = [path.join(project, 'other'), path.join(project, 'viz')];
    const ended = await command(['viz', '-P', project, '--conf-source', source, '-o', output]);
    expect(ended).toMatchObject({ code: 0 });
    const nodes = path.join(output, 'api/nodes');
    const details = await Promise.all((await readdir(nodes)).map((file) => readFile(path.join(nodes, file), 'utf8')));
    expect(details.map((text) => JSON.parse(text))).toContainEqual({ parameters: { safe: 999 } });
  });
});
