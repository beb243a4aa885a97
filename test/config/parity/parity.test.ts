/** Kedro's own loader as the judge: the same trees, the same values or a failure of both. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillEntry, readConfig, readParams, showConfig } from '../../../src/config/index.ts';
import { isPipelineError } from '../../../src/core/index.ts';
import { mainPython, QUIET } from '../../kedro/pythons.ts';
import { MORE_TREES } from './more-trees.ts';
import { randomTree } from './random-trees.ts';
import { randomYaml } from './random-yaml.ts';
import { RESOLVERS } from './resolvers.ts';
import { DIFFERENCES, type ParityTree, TREES } from './trees.ts';

const python = mainPython();
const GROUPS = ['globals', 'parameters', 'catalog'] as const;
const ENVIRONMENT = { PARITY_USER: 'ann' };
// Others than these are tried with KEDRO_TEMPORAL_PARITY=<seed>:<runs>.
const [SEED = 1, RUNS = 300] = (process.env.KEDRO_TEMPORAL_PARITY ?? '').split(':').filter(Boolean).map(Number);

interface Case {
  tree: ParityTree;
  conf: string;
  /** JSON of our values, or null where we fail. */
  ours: string | null;
  message: string;
}

interface Verdict {
  same: boolean;
  theirs: string | null;
  error: string | null;
}

const title = 'the same as OmegaConfigLoader (needs a Python with kedro: KEDRO_TEMPORAL_PYTHON)';
describe.skipIf(python === undefined)(title, () => {
  const noise = fc.sample(randomYaml, { seed: SEED, numRuns: RUNS });
  const random = [
    ...fc.sample(randomTree, { seed: SEED, numRuns: RUNS }),
    ...noise.map((text): ParityTree => ({ name: 'noise', files: { 'base/parameters.yml': text } })),
  ];
  const written = [...TREES, ...MORE_TREES];
  const trees = [...written, ...DIFFERENCES, ...random];
  let folder = '';
  let cases: Case[] = [];
  let verdicts: Verdict[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-parity-'));
    cases = [];
    for (const [index, tree] of trees.entries()) cases.push(await caseOf(tree, join(folder, String(index))));
    verdicts = await askKedro(cases.map(asQuestion));
    const failing = verdicts.filter(({ error }) => error !== null).length;
    process.stderr.write(
      `Compared with Kedro's loader: ${written.length} trees by hand, ${RUNS} at random and ${RUNS} random texts (seed ${SEED}); ` +
        `${verdicts.length - failing} give values, ${failing} fail in Kedro; ${DIFFERENCES.length} more differ on purpose.\n`,
    );
  }, 600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(written.map((tree, index) => ({ name: tree.name, index })))('$name', ({ index }) => {
    const verdict = verdicts[index] as Verdict;
    expect(verdict.same, say(cases[index] as Case, verdict)).toBe(true);
    const { fails } = (cases[index] as Case).tree;
    if (fails !== undefined) expect(verdict.error, 'Kedro does not fail').not.toBeNull();
  });

  it.each(DIFFERENCES.map(({ name }, at) => ({ name, index: written.length + at })))(
    'differs on purpose: $name',
    ({ index }) => expect(verdicts[index]?.same).toBe(false),
  );

  it(`trees and texts at random (seed ${SEED}, ${RUNS} of each)`, () => {
    const start = trees.length - random.length;
    const different = random.flatMap((_, at) => {
      const verdict = verdicts[start + at] as Verdict;
      return verdict.same ? [] : [say(cases[start + at] as Case, verdict)];
    });
    expect(different.join('\n\n')).toBe('');
  });
});

describe.skipIf(python === undefined)('credentials', () => {
  it('are what the loader gives for their names, with variables of the environment', async () => {
    const files = {
      'base/catalog.yml': 'x: {type: T, credentials: d}',
      'base/credentials.yml':
        'd: {u: "${oc.env:PARITY_USER}", p: "${oc.env:PARITY_NOPE, x}", n: "${oc.env:PARITY_NOPE, 12}", z: "${oc.env:PARITY_NOPE, null}"}',
    };
    const folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-parity-'));
    try {
      const conf = await writeTree({ name: '', files }, folder);
      const { credentials } = fillEntry(await readConfig({ project: folder, environment: ENVIRONMENT }), 'x');
      const ours = JSON.stringify({ credentials: { d: credentials } });
      const [verdict] = await askKedro([{ conf, groups: ['credentials'], ours }]);
      expect(verdict).toMatchObject({ same: true });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function caseOf(tree: ParityTree, project: string): Promise<Case> {
  const conf = await writeTree(tree, project);
  const lazy = await answer(tree, project, false);
  // What is read piece by piece must be what the whole file says.
  expect(await answer(tree, project, true), tree.name).toEqual(lazy);
  return { tree, conf, ours: lazy.json, message: lazy.code ?? '' };
}

async function writeTree({ files, env = 'local', without }: ParityTree, project: string): Promise<string> {
  const conf = join(project, 'conf');
  for (const name of ['base', 'local']) if (name !== without) await mkdir(join(conf, name), { recursive: true });
  if (without === undefined) await mkdir(join(conf, env), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(conf, path)), { recursive: true });
    await writeFile(join(conf, path), text);
  }
  return conf;
}

async function answer(tree: ParityTree, project: string, whole: boolean) {
  const { env, mergeStrategy, patterns: configPatterns, params, resolvers, runtimeParams } = tree;
  const own = resolvers ? { resolvers: RESOLVERS } : {};
  const options = { project, env, mergeStrategy, configPatterns, environment: ENVIRONMENT, whole, ...own };
  try {
    const template = await readConfig({ ...options, groups: GROUPS, strictEnv: true });
    const given = params === undefined ? runtimeParams : readParams(params);
    return { json: showConfig(template, { runtimeParams: given }).json, code: undefined };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { json: null, code: error.code };
  }
}

function asQuestion({ tree, conf, ours }: Case): object {
  const { env, runtimeParams, params, mergeStrategy, patterns, resolvers } = tree;
  return { conf, env, runtimeParams, params, mergeStrategy, patterns, resolvers, ours, groups: GROUPS };
}

function say({ tree, ours, message }: Case, { theirs, error }: Verdict): string {
  const files = Object.entries(tree.files).map(([path, text]) => `--- ${path}\n${text}`);
  const given = JSON.stringify({ ...tree, files: undefined });
  return [given, ...files, `Kedro: ${theirs ?? error}`, `ours:  ${ours ?? message}`].join('\n');
}

function askKedro(questions: readonly object[]): Promise<Verdict[]> {
  const script = fileURLToPath(new URL('./judge.py', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(python ?? '', [script], { env: { ...process.env, ...QUIET, ...ENVIRONMENT } });
    const [out, log]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(out.join('')) as Verdict[]);
      else reject(new Error(`The Python process ended with ${code}: ${log.join('')}`));
    });
    child.stdin.end(JSON.stringify(questions));
  });
}
