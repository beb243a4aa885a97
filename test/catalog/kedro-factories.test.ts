/** Dataset factories and credentials against the real Kedro: which factory wins, what comes out, what is an error. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factoryMatcher, fillPlaceholders, isFactory } from '../../src/catalog/index.ts';
import { fillEntry, readConfig } from '../../src/config/index.ts';
import { isPipelineError, type JsonObject } from '../../src/core/index.ts';
import { mainPython } from '../kedro/pythons.ts';
import { type FactoryCase, factoryCase } from './factory-cases.ts';

const python = mainPython();
const CATALOGS = Number(process.env.FACTORY_CATALOGS ?? 400);
const SEED = Number(process.env.FACTORY_SEED ?? 1);

interface Answer {
  pattern: string | null;
  config?: JsonObject;
  error?: string;
}

const RUNTIME: JsonObject = { type: 'kedro.io.MemoryDataset' };

/** What we do on purpose; the words are the count's keys. */
function explained(kedro: Answer, ours: Answer, definition: JsonObject | undefined): string | undefined {
  if (/format or a key/.test(ours.error ?? '')) return 'a placeholder with a format or a key is refused';
  if (/NotImplementedError|RepeatedNameError|format spec .* not recognised/s.test(kedro.error ?? ''))
    return 'a factory that Kedro cannot compile stops only names that it may fit';
  if (/lead out of its folder/.test(ours.error ?? '')) return 'a name that would lead out of a folder is refused';
  const isDoubled = /\{\{|\}\}/.test(JSON.stringify(definition ?? {}));
  if (/Incorrect dataset configuration/.test(kedro.error ?? '') && isDoubled) return 'doubled braces are plain ones';
  return undefined;
}

describe.skipIf(python === undefined)('factories as Kedro ranks and resolves them (needs a Python with kedro)', () => {
  const cases = fc.sample(factoryCase, { seed: SEED, numRuns: CATALOGS });
  let folder = '';
  let theirs: Answer[][] = [];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-factories-'));
    theirs = await askKedro(cases);
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(`agrees on every name of ${CATALOGS} catalogs`, { timeout: 600_000 }, async () => {
    const counts: Record<string, number> = { compared: 0, resolved: 0, 'errors in both': 0 };
    const count = (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    for (const [index, each] of cases.entries()) {
      const ours = await answers(each, path.join(folder, String(index)));
      for (const [i, own] of ours.entries()) {
        const kedro = theirs[index]?.[i] as Answer;
        count('compared');
        const definition = each.catalog[own.pattern ?? each.names[i] ?? ''];
        const why = isSame(kedro, own) ? undefined : explained(kedro, own, definition);
        if (why !== undefined) {
          count(why);
          continue;
        }
        const where = JSON.stringify({ name: each.names[i], definition, keys: Object.keys(each.catalog), kedro, own });
        expect(isSame(kedro, own), where).toBe(true);
        count(own.error === undefined ? 'resolved' : 'errors in both');
      }
    }
    if (process.env.FACTORY_COUNTS) process.stdout.write(`${JSON.stringify(counts)}\n`);
    expect(counts.compared).toBeGreaterThan(CATALOGS * 3);
    expect(counts.resolved).toBeGreaterThan(CATALOGS);
    expect(counts['errors in both']).toBeGreaterThan(CATALOGS / 4);
  });
});

function isSame(kedro: Answer, ours: Answer): boolean {
  if (kedro.error !== undefined || ours.error !== undefined)
    return kedro.error !== undefined && ours.error !== undefined;
  return kedro.pattern === ours.pattern && sorted(kedro.config) === sorted(ours.config);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

async function answers(each: FactoryCase, project: string): Promise<Answer[]> {
  const conf = path.join(project, 'conf/base');
  await mkdir(conf, { recursive: true });
  // JSON is YAML, so that nothing is lost on the way to the loader.
  await writeFile(path.join(conf, 'catalog.yml'), JSON.stringify(each.catalog));
  await writeFile(path.join(conf, 'credentials.yml'), JSON.stringify(each.credentials));
  const template = await readConfig({ project });
  const match = factoryMatcher(template.catalogNames.filter(isFactory));
  return each.names.map((name) => {
    let pattern: string | null = null;
    try {
      if (Object.hasOwn(each.catalog, name) && !isFactory(name)) return { pattern, config: fillEntry(template, name) };
      const found = match(name);
      if (found === undefined) return { pattern, config: RUNTIME };
      pattern = found.pattern;
      return { pattern, config: fillPlaceholders(fillEntry(template, pattern), found.placeholders) };
    } catch (error) {
      if (!isPipelineError(error)) throw error;
      return { pattern, error: error.message };
    }
  });
}

function askKedro(cases: readonly FactoryCase[]): Promise<Answer[][]> {
  return new Promise((resolve, reject) => {
    const child = spawn(python as string, [path.join(import.meta.dirname, 'kedro-factories.py')]);
    let said = '';
    let complained = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complained += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(complained.slice(-4000)))));
    child.stdin.end(JSON.stringify(cases));
  });
}
