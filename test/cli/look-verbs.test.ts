/** `doctor`, `catalog list`, `completion`: what is there, what is missing, what could be typed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { checkNode } from '../../src/cli/doctor/packages.ts';
import { checkClock } from '../../src/cli/doctor/server.ts';
import { pipelineFile, withProject } from '../projects/tiny.ts';
import { command, documentOf, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');
const WEATHER = path.join(ROOT, 'examples/weather');

interface Check {
  name: string;
  state: string;
  says: string;
  mend?: string;
}

describe('doctor', () => {
  const examine = async (...args: string[]) => {
    const ended = await command(['doctor', ...args, '--json']);
    const checks = documentOf(ended).checks as Check[];
    return { code: ended.code, checks, of: (name: string) => checks.find((each) => each.name === name) };
  };

  test('with a server and a worker: all that it finds, and 0 with what only waits for a hand', async () => {
    const where = [
      '-P',
      WEATHER,
      '--address',
      inject('temporalAddress'),
      '--task-queue',
      `doctor-${crypto.randomUUID()}`,
    ];
    const alone = await examine(...where);
    expect(alone.code).toBe(0);
    expect(alone.of('Workers')).toMatchObject({ state: 'warn', mend: 'npx kedro-temporal worker' });
    expect(alone.of('Schedules')).toMatchObject({ state: 'warn', says: 'weather (not on the server)' });
    await startCommand(['worker', ...where]).said('is ready');
    const { of, code } = await examine(...where);
    expect(code).toBe(0);
    for (const name of [
      'Node',
      'Temporal SDK',
      'protobufjs',
      'Project',
      'Pipelines',
      'temporal.yml',
      'Namespace',
      'Workers',
      'Clock',
    ])
      expect(of(name), name).toMatchObject({ state: 'ok' });
    expect(of('Server')?.says).toMatch(/^\d+\.\d+.* at .* \(--address\)$/);
  });

  test('what is broken is said with what to type, and ends with 1', async () => {
    const files = {
      'conf/base/temporal.yml': 'jobs:\n  a: { pipelin: x }\n',
      'pipelines/odd.ts': 'export default 5;\n',
    };
    await withProject(files, async (project) => {
      const { code, of } = await examine('-P', project, '--address', '127.0.0.1:1');
      expect(code).toBe(1);
      expect(of('temporal.yml')).toMatchObject({ state: 'fail', says: expect.stringContaining('pipelin') });
      expect(of('Pipelines')).toMatchObject({ state: 'warn', says: expect.stringContaining('broken: odd') });
      expect(of('Server')).toMatchObject({ state: 'fail', mend: 'npx kedro-temporal dev' });
    });
  });

  test('a namespace that the server does not have, and a folder that is no project', async () => {
    const [elsewhere, homeless] = await Promise.all([
      examine('-P', PROJECT, '--address', inject('temporalAddress'), '--namespace', 'nowhere'),
      examine('-P', path.join(ROOT, 'docs'), '--address', inject('temporalAddress')),
    ]);
    expect(elsewhere.of('Namespace')).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('create -n nowhere'),
    });
    expect(homeless.of('Project')).toMatchObject({ state: 'fail', mend: 'npx kedro-temporal init' });
  });

  test('for people: a line each, and a sentence at the end', async () => {
    const { stdout } = await command(['doctor', '-P', PROJECT, '--address', '127.0.0.1:1']);
    expect(stdout).toMatch(/^ok {4}Node {10}\d+/m);
    expect(stdout).toMatch(/^fail {2}Server .*\n {20}→ npx kedro-temporal dev\n\n1 thing is broken\.\n$/m);
  });

  test('an old Node fails, and a server whose clock is ahead is a warning', () => {
    expect(checkNode('20.18.3').state).toBe('fail');
    expect(checkNode('22.0.0').state).toBe('ok');
    expect(checkClock(10_000, 1_000)).toMatchObject({ state: 'warn', says: expect.stringContaining('9 s ahead') });
    expect(checkClock(1_000, 61_000).state).toBe('ok');
  });
});

describe('catalog list', () => {
  const FILES = {
    'conf/base/catalog.yml':
      'raw: { type: pandas.CSVDataset, filepath: data/raw.csv }\n"{name}_json": { type: json.JSONDataset, filepath: "data/{name}.json" }\nspare: { type: json.JSONDataset, filepath: data/spare.json, versioned: true }\n',
    'pipelines/one.ts': pipelineFile(
      "node((raw: unknown) => raw, { inputs: 'raw', outputs: 'made_json', name: 'a' }), node((x: unknown) => x, { inputs: 'made_json', outputs: 'last', name: 'b' })",
    ),
    'pipelines/two.ts': pipelineFile("node((raw: unknown) => raw, { inputs: 'raw', outputs: 'other', name: 'c' })"),
  };

  test('by type: where each is, who reads and makes it, what comes from a pattern or is in memory only', async () => {
    await withProject(FILES, async (project) => {
      const all = await command(['catalog', 'list', '-P', project]);
      expect(all.stdout).toMatch(
        /^json\.JSONDataset$\n {2}made_json +data\/\{name\}\.json \(by \{name\}_json\) +one makes$/m,
      );
      expect(all.stdout).toMatch(/^ {2}spare +data\/spare\.json \(versioned\) +none$/m);
      expect(all.stdout).toMatch(/^ {2}raw +data\/raw\.csv +one reads, two reads$/m);
      expect(all.stdout).toMatch(/^ {2}last +in memory +one makes$/m);
      const two = await command(['catalog', 'list', '-P', project, '--pipeline', 'two', '--json']);
      expect((documentOf(two).datasets as { name: string }[]).map(({ name }) => name)).toEqual(['other', 'raw']);
      expect(documentOf(two).factories).toEqual(['{name}_json']);
    });
  });

  test('a pipeline that is not there is wrong input, with a close match', async () => {
    const ended = await command(['catalog', 'list', '-P', WEATHER, '--pipeline', 'clen', '--json']);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('Did you mean "clean"')]);
  });
});

test('catalog list names the pattern that a run would take: the most literal one, wherever it stands', async () => {
  const files = {
    'conf/base/catalog.yml':
      '"{any}": { type: MemoryDataset }\n"{name}_csv": { type: text.TextDataset, filepath: "{name}" }\n',
    'pipelines/p.ts': pipelineFile(`node(() => 'x', { outputs: 'day_csv', name: 'n' })`),
  };
  await withProject(files, async (project) => {
    const { datasets } = documentOf(await command(['catalog', 'list', '-P', project, '--json']));
    expect(datasets).toMatchObject([{ name: 'day_csv', type: 'text.TextDataset', factory: '{name}_csv' }]);
    await writeFile(
      path.join(project, 'conf/base/catalog.yml'),
      '"{a}": { type: MemoryDataset }\n"{b}": { type: MemoryDataset }\n',
    );
    const unclear = documentOf(await command(['catalog', 'list', '-P', project, '--json']));
    expect(unclear.datasets).toMatchObject([{ name: 'day_csv', error: { code: 'DATASET_INVALID' } }]);
  });
});

describe('completion', () => {
  const offered = async (...words: string[]) => {
    const { stdout } = await command(['complete', '--', ...words]);
    return stdout
      .split('\n')
      .flatMap((line) => (line === '' || line.startsWith(':') ? [] : [line.split('\t')[0] ?? '']));
  };
  const there = ['-P', WEATHER];

  test.each<[string, string[], string[]]>([
    ['verbs', ['bac'], ['backfill']],
    ['verbs of a verb', ['schedules', 't'], ['trigger']],
    ['flags', ['run', '--isol'], ['--isolation']],
    ['choices of a flag', ['run', '--isolation', ''], ['inline', 'thread']],
    ['pipelines', ['run', ...there, '-p', 'd'], ['digest']],
    ['the last of a list', ['run', ...there, '--pipelines', 'clean,d'], ['clean,digest']],
    ['jobs', ['backfill', ...there, '--job', ''], ['weather']],
    ['datasets', ['preload', ...there, 'raw'], ['raw_day']],
    ['nothing, for a project that cannot be read', ['run', '-P', '/no/such', '-p', ''], []],
  ])('offers %s', async (_, words, wanted) => {
    expect(await offered(...words)).toEqual(wanted);
  });

  test('no name of a project that was cloned runs in the shell: the script of bash, sourced, is not offered it', async () => {
    const entries = ['"$(touch PWNED)x"', '"`touch PWNED`x"', 'x;y', 'x&y', '"--x y"', 'x.y@csv', 'ns#x-1'];
    const catalog = entries.map((name) => `${name}: { type: MemoryDataset }\n`).join('');
    await withProject({ 'conf/base/catalog.yml': catalog }, async (project) => {
      // What the package bash-completion has of it, in short.
      const script = `
        _get_comp_words_by_ref() { cur=''; prev=preload; words=(kedro-temporal preload ''); cword=2; }
        compopt() { :; }
        kedro-temporal() { "$NODE" --import "$TSX" --conditions=kedro-temporal-source "$MAIN" "$@"; }
        source <(kedro-temporal completion bash)
        __kedro_temporal_complete
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const from = (file: string) => path.join(ROOT, file);
      const env = {
        NODE: process.execPath,
        TSX: from('node_modules/tsx/dist/loader.mjs'),
        MAIN: from('src/cli/main.ts'),
      };
      const shown = execFileSync('bash', ['-c', script], {
        cwd: project,
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      expect(shown.trim().split('\n').sort()).toEqual(['ns#x-1', 'x.y@csv']);
      expect(existsSync(path.join(project, 'PWNED'))).toBe(false);
    });
  });

  test('the script of a shell is one that it can read', async () => {
    const { stdout, code } = await command(['completion', 'bash']);
    expect(code).toBe(0);
    execFileSync('bash', ['-n'], { input: stdout });
    expect((await command(['completion', 'tcsh'])).code).toBe(2);
  });
});
