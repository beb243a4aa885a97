/** `init`: what it makes runs as it is and passes the strict compiler; nothing of the user's is lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { newFile, writeFiles } from '../../src/cli/init/files.ts';
import { mainPython } from '../kedro/pythons.ts';
import { command, documentOf, FROM_SOURCE, ROOT, startNode } from './command.ts';

const PYTHON = mainPython();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

/** What the compiler says of a project's own files. The package is read from its source here, which has a tsconfig of its own. */
function problemsIn(project: string): string[] {
  const flags = [
    '--customConditions',
    'kedro-temporal-source',
    '--lib',
    'ES2023,ESNext.Disposable',
    '--pretty',
    'false',
  ];
  const { stdout } = spawnSync(path.join(ROOT, 'node_modules/.bin/tsc'), flags, { cwd: project, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => /^[^.\s].*error TS/.test(line));
}

const read = (file: string) => readFile(path.join(folder, file), 'utf8');
const put = async (file: string, text: string) => {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
};

const PYPROJECT =
  '[project]\nname = "shop"\n\n[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n\n[tool.ruff]\nline-length = 88\n';

async function kedroProject(): Promise<void> {
  await put('pyproject.toml', PYPROJECT);
  await put('conf/base/catalog.yml', 'a: { type: MemoryDataset }\n');
  for (const name of ['science', 'cleaning']) await put(`src/shop/pipelines/${name}/__init__.py`, '');
}

describe('a TypeScript project', () => {
  test('in a new folder passes tsc, runs a day here, and its job is backfilled, as the commands say', async () => {
    const project = path.join(folder, 'My Shop');
    const made = await command(['init', project]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain('npx kedro-temporal run --local --params day=2026-01-02');
    expect(JSON.parse(await read('My Shop/package.json'))).toMatchObject({
      name: 'my-shop',
      type: 'module',
      dependencies: { 'kedro-temporal': expect.stringMatching(/^\^/), '@temporalio/worker': expect.any(String) },
    });
    await symlink(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(ROOT, path.join(folder, 'node_modules/kedro-temporal'));
    // One mistake, so that a compiler that looks at nothing is noticed.
    await writeFile(path.join(project, 'pipelines/wrong.ts'), 'export const one: string = 1;\n');
    expect(problemsIn(project)).toEqual([expect.stringContaining('pipelines/wrong.ts')]);
    await rm(path.join(project, 'pipelines/wrong.ts'));
    const run = await command(['run', '--local', '-P', project, '--params', 'day=2026-01-02', '--json']);
    expect(documentOf(run)).toMatchObject({ references: { totals: { filepath: 'data/totals/2026-01-02.json' } } });
    const range = ['--job', 'daily', '--from', '2026-01-01', '--to', '2026-01-08'];
    const days = await command(['backfill', '--local', '-P', project, ...range, '--json']);
    expect(documentOf(days)).toMatchObject({ total: 7, succeeded: 7 });
    expect(await readdir(path.join(project, 'data/totals'))).toHaveLength(7);
  }, 180_000);

  test('with --dry-run nothing is written, and --json has every file', async () => {
    const ended = await command(['init', path.join(folder, 'shop'), '--dry-run', '--json']);
    expect(documentOf(ended)).toMatchObject({ kind: 'native', dryRun: true });
    expect((documentOf(ended).files as unknown[]).length).toBeGreaterThan(7);
    expect(existsSync(path.join(folder, 'shop'))).toBe(false);
  });

  test('beside a package.json and a .gitignore of one’s own: both are added to, and keep what they have', async () => {
    const own = { name: 'mine', scripts: { dev: 'my dev' }, devDependencies: { typescript: '5.0.0' }, odd: [1] };
    await put('package.json', JSON.stringify(own, undefined, 4));
    await put('.gitignore', 'mine\n/node_modules');
    const ended = await command(['init', folder]);
    expect(ended.stdout).toContain('its own "dev" is kept');
    const merged = await read('package.json');
    expect(JSON.parse(merged)).toMatchObject({ ...own, scripts: { dev: 'my dev', types: 'tsc' } });
    expect(merged).toContain('\n    "name"');
    expect((await read('.gitignore')).split('\n').slice(0, 3)).toEqual(['mine', '/node_modules', '.kedro-temporal/']);
  });
});

describe('a Kedro project', () => {
  test('gets a job that names its pipelines, a worker file and scripts; asked again, nothing changes', async () => {
    await kedroProject();
    expect((await command(['init', folder])).code).toBe(0);
    expect(await read('conf/base/temporal.yml')).toContain(
      'pipeline: __default__ # all of them; or one: cleaning, science',
    );
    expect(JSON.parse(await read('package.json'))).toMatchObject({ scripts: { worker: 'node worker.mjs' } });
    expect(await read('pyproject.toml')).toBe(PYPROJECT);
    execFileSync(process.execPath, ['--check', path.join(folder, 'worker.mjs')]);
    const again = await command(['init', folder, '--json']);
    const files = documentOf(again).files as { does: string }[];
    expect(files.map(({ does }) => does)).toEqual(files.map(() => 'keep'));
  });

  test.skipIf(PYTHON === undefined)(
    'gets a worker file that runs: it takes runs of its task queue, in a folder of any name, and an empty variable is none (needs Kedro)',
    async () => {
      const project = path.join(folder, "it's ours");
      await cp(path.join(ROOT, 'test/projects/kedro'), project, { recursive: true });
      const made = await command(['init', project]);
      expect(made.stdout).toContain(`cd '${folder}/it'\\''s ours'`);
      await mkdir(path.join(project, 'node_modules'));
      await symlink(path.join(ROOT, 'node_modules/@temporalio'), path.join(project, 'node_modules/@temporalio'));
      await symlink(ROOT, path.join(project, 'node_modules/kedro-temporal'));
      const config = path.join(folder, 'temporal.toml');
      await writeFile(config, `[profile.default]\naddress = "${inject('temporalAddress')}"\n`);
      const none = { TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '' };
      const env = { ...none, TEMPORAL_CONFIG_FILE: config, KEDRO_TEMPORAL_PYTHON: PYTHON ?? '' };
      const worker = startNode(FROM_SOURCE.concat('worker.mjs'), env, project);
      await worker.said("state: 'RUNNING'");
      const seen = await command(['workers', '-P', project, '--json'], env);
      expect(documentOf(seen), seen.stderr).toMatchObject({ workers: [{}] });
    },
    120_000,
  );

  test('a temporal.yml of one’s own is left as it is', async () => {
    await kedroProject();
    await put('conf/base/temporal.yml', 'jobs: {}\n');
    await command(['init', folder]);
    expect(await read('conf/base/temporal.yml')).toBe('jobs: {}\n');
  });
});

describe('a file that is there and cannot be read', () => {
  test.each<[string, (at: string) => Promise<unknown>]>([
    ['a folder of its name', (at) => mkdir(at)],
    ['a link in a circle', (at) => symlink(at, at)],
    ['a link to nothing', (at) => symlink(path.join(folder, 'elsewhere'), at)],
  ])('is not taken for none, and nothing is written: %s', async (_, make) => {
    for (const file of ['.gitignore', 'package.json']) {
      const project = path.join(folder, file.replace('.', ''));
      await mkdir(project);
      await make(path.join(project, file));
      const ended = await command(['init', project, '--json']);
      expect([ended.code, documentOf(ended)]).toMatchObject([2, { error: { code: 'REQUEST_INVALID' } }]);
      expect(ended.stderr).toContain(file);
      expect(await readdir(project)).toEqual([file]);
    }
    expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  test('a link to nothing where a new file would be is left as it is, and nothing is written through it', async () => {
    await kedroProject();
    await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'worker.mjs'));
    const ended = await command(['init', folder, '--json']);
    expect(documentOf(ended).files).toContainEqual({ file: 'worker.mjs', does: 'keep', what: 'is there already' });
    expect(existsSync(path.join(folder, 'elsewhere'))).toBe(false);
  });

  test('a file that somebody made since the plan is not overwritten', async () => {
    const plan = newFile(folder, 'worker.mjs', 'ours');
    await put('worker.mjs', 'theirs');
    await expect(writeFiles(folder, [plan])).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await read('worker.mjs')).toBe('theirs');
  });
});

describe('is refused, with what would do:', () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ['a folder of something else', [], { 'main.py': '' }, 'neither a Kedro project nor empty (main.py)'],
    ['a TypeScript project that is there', [], { 'conf/base/catalog.yml': '' }, 'has a conf/ already'],
    ['--kedro where there is none', ['--kedro'], {}, 'kedro new'],
    ['--native in a Kedro project', ['--native'], { 'pyproject.toml': PYPROJECT }, 'Leave --native out'],
    ['a package.json that is broken', [], { 'package.json': '{' }, 'mend it first'],
    ['a name that npm would not take', ['--name', 'My Shop'], {}, 'is no name for a package'],
    ['both kinds', ['--native', '--kedro'], {}, '--kedro'],
  ])('%s', async (_, flags, files, why) => {
    for (const [file, text] of Object.entries(files)) await put(file, text);
    const before = await readdir(folder, { recursive: true });
    const ended = await command(['init', folder, ...flags, '--json']);
    expect([ended.code, documentOf(ended)]).toMatchObject([2, { error: { code: 'REQUEST_INVALID' } }]);
    expect(ended.stderr).toContain(why);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });
});
