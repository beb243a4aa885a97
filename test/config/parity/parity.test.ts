import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillEntry, fillGlobals, fillParameters, readConfig } from '../../../src/config/index.ts';
import type { JsonObject, JsonValue } from '../../../src/core/index.ts';
import { DIFFERENCES, type ParityTree, TREES } from './trees.ts';

const python = process.env.KEDRO_TEMPORAL_PYTHON;
const GROUPS = ['catalog', 'parameters', 'globals'] as const;
const ENVIRONMENT = { PARITY_USER: 'ann' };

interface Answer {
  values: Record<string, JsonValue>;
  errors: Record<string, string>;
}

const title = 'the same as OmegaConfigLoader (needs KEDRO_TEMPORAL_PYTHON, a Python with kedro)';
describe.skipIf(python === undefined)(title, () => {
  const trees = [...TREES, ...DIFFERENCES];
  let folder = '';
  let theirs: Answer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kedro-temporal-parity-'));
    const cases = [];
    for (const [index, tree] of trees.entries()) {
      const conf = join(folder, String(index), 'conf');
      const env = tree.env ?? 'local';
      for (const name of ['base', env]) await mkdir(join(conf, name), { recursive: true });
      for (const [path, text] of Object.entries(tree.files)) {
        await mkdir(dirname(join(conf, path)), { recursive: true });
        await writeFile(join(conf, path), text);
      }
      const { runtimeParams = {}, mergeStrategy = {} } = tree;
      cases.push({ conf, env, runtimeParams, mergeStrategy, groups: [...groupsOf(tree), ...credentialsOf(tree)] });
    }
    theirs = await askKedro(cases);
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(TREES.map((tree, index) => ({ name: tree.name, tree, index })))('$name', async ({ tree, index }) => {
    const ours = await answer(join(folder, String(index)), tree);
    const kedro = theirs[index] as Answer;
    expect(Object.keys(ours.errors).sort(), JSON.stringify(kedro.errors)).toEqual(Object.keys(kedro.errors).sort());
    expect(Object.keys(kedro.errors).length > 0, JSON.stringify(kedro.errors)).toBe(tree.fails ?? false);
    expect(ours.values).toEqual(kedro.values);
  });

  it.each(DIFFERENCES.map((tree, at) => ({ name: tree.name, tree, index: TREES.length + at })))(
    'differs on purpose: $name',
    async ({ tree, index }) => {
      expect((await answer(join(folder, String(index)), tree)).values).not.toEqual(theirs[index]?.values);
    },
  );
});

async function answer(project: string, tree: ParityTree): Promise<Answer> {
  const { env = 'local', mergeStrategy = {}, runtimeParams = {} } = tree;
  const found: Answer = { values: {}, errors: {} };
  for (const group of groupsOf(tree)) {
    try {
      const template = await readConfig({ project, env, mergeStrategy, environment: ENVIRONMENT });
      const fillGroup = {
        parameters: () => fillParameters(template, { runtimeParams }),
        globals: () => fillGlobals(template, { runtimeParams }),
        catalog: () =>
          Object.fromEntries(template.catalogNames.map((name) => [name, fillEntry(template, name, { runtimeParams })])),
      };
      found.values[group] = fillGroup[group]();
    } catch (error) {
      found.errors[group] = String(error);
    }
  }
  return found;
}

function groupsOf(tree: ParityTree): (typeof GROUPS)[number][] {
  const groups = GROUPS.filter((group) => Object.keys(tree.files).some((path) => path.includes(group)));
  return groups.length === 0 ? ['parameters'] : groups;
}

function credentialsOf(tree: ParityTree): string[] {
  return Object.keys(tree.files).some((path) => path.includes('credentials')) ? ['credentials'] : [];
}

/** The loader hands out catalog and credentials apart; its catalog puts them together later. */
function withCredentials({ values: { credentials, ...values }, errors }: Answer): Answer {
  for (const entry of Object.values(values.catalog ?? {})) {
    const named = entry as JsonObject;
    if (typeof named.credentials === 'string')
      named.credentials = (credentials as JsonObject)[named.credentials] ?? null;
  }
  return { values, errors };
}

function askKedro(cases: unknown[]): Promise<Answer[]> {
  const script = fileURLToPath(new URL('./loader.py', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(python ?? '', [script], { env: { ...process.env, ...ENVIRONMENT } });
    const [out, log]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve((JSON.parse(out.join('')) as Answer[]).map(withCredentials));
      else reject(new Error(`The Python process ended with ${code}: ${log.join('')}`));
    });
    child.stdin.end(JSON.stringify(cases));
  });
}
