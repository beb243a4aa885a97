/**
 * A runtime param can never choose a dataset's type, or a path outside, however many runs overlap.
 *
 * Kedro has the same rule and keeps it in one process-wide set of params: with several sessions in threads its guard let 135 of
 * 300 such runs through (kedro 1.7.0), as the params it looked at were another run's. Here nothing about a run is shared.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject, RunRequest } from '../../src/core/index.ts';
import { defineDataset } from '../../src/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

const WAYS: Record<string, string> = {
  plain: 'type: ${runtime_params:type}\n  filepath: data/plain.json',
  default: 'type: ${runtime_params:type, json.JSONDataset}\n  filepath: data/default.json',
  part: 'type: ${runtime_params:kind, json}.JSONDataset\n  filepath: data/part.json',
  nested:
    'type: CachedDataset\n  dataset:\n    type: ${runtime_params:type, json.JSONDataset}\n    filepath: data/nested.json',
  inner: 'type: CachedDataset\n  dataset: ${runtime_params:type, json.JSONDataset}',
  mapping: 'type: CachedDataset\n  dataset: ${runtime_params:entry, null}',
  global: 'type: ${globals:type}\n  filepath: data/global.json',
  chosen: 'type: ${globals:types.${runtime_params:which, safe}}\n  filepath: data/chosen.json',
  private: 'type: ${_type}\n  filepath: data/private.json',
};
const CATALOG = [
  '_type: ${runtime_params:type, json.JSONDataset}',
  'whole: ${runtime_params:entry, null}',
  '"{name}_made":\n  type: "${runtime_params:type, json.JSONDataset}"\n  filepath: data/{name}.json',
  '"{kind}.typed":\n  type: "{kind}.JSONDataset"\n  filepath: data/${runtime_params:file, typed}.json',
  ...Object.entries(WAYS).map(([name, entry]) => `${name}:\n  ${entry}`),
].join('\n');
const NAMES = [...Object.keys(WAYS), 'whole', 'x_made'];

const pipelineOf = (dataset: string) =>
  pipelineFile(
    `node(async (mark: number) => { await new Promise((go) => setImmediate(go)); return { mark }; }, { inputs: 'params:mark', outputs: '${dataset}', name: 'save' })`,
  );
const FILES = {
  'conf/base/catalog.yml': CATALOG,
  'conf/base/globals.yml':
    'type: ${runtime_params:type, json.JSONDataset}\ntypes:\n  safe: json.JSONDataset\n  evil: own.EvilDataset\n',
  ...Object.fromEntries(NAMES.map((name) => [`pipelines/${name}.ts`, pipelineOf(name)])),
  'pipelines/typed.ts': pipelineOf('json.typed'),
};

/** What a caller may send to have an entry be `own.EvilDataset`; falsy ones count as given. */
const EVIL: Record<string, JsonObject[]> = {
  part: [{ kind: 'own.EvilDataset#' }, { kind: '' }, { kind: 0 }, { kind: false }, { kind: null }],
  chosen: [{ which: 'evil' }, { which: 'safe' }],
  whole: [{ entry: { type: 'own.EvilDataset' } }, { entry: { type: '' } }],
  mapping: [{ entry: { type: 'own.EvilDataset' } }, { entry: 'own.EvilDataset' }, { entry: { type: null } }],
};
const EVIL_TYPES: JsonObject[] = ['own.EvilDataset', 'json.JSONDataset', '', 0, false, null].map((type) => ({ type }));

function evilDataset() {
  const opened: string[] = [];
  const type = defineDataset({
    type: 'own.EvilDataset',
    options: {},
    open: ({ dataset }) => {
      opened.push(dataset);
      return { load: async () => 1, save: async () => {}, exists: async () => true, fingerprint: async () => '' };
    },
  });
  return { opened, type };
}

const SAFE = ['default', 'part', 'nested', 'global', 'chosen', 'private', 'x_made'];

describe('runtime params that would choose a type', () => {
  test('are refused in each of 500 overlapping runs, and the others get their own types and paths', async () => {
    const evil = evilDataset();
    const requests = fc.sample(
      fc.oneof(
        fc
          .constantFrom(...NAMES)
          .chain((name) =>
            fc.constantFrom(...(EVIL[name] ?? EVIL_TYPES)).map((params) => ({ name, params, isEvil: true })),
          ),
        fc.constantFrom(...SAFE).map((name) => ({ name, params: {}, isEvil: false })),
      ),
      { seed: 7, numRuns: 500 },
    );
    await withSession(
      FILES,
      async (session, folder) => {
        const running = requests.map(async ({ name, params, isEvil }, mark) => {
          const request: RunRequest = { pipelines: [name], runtimeParams: { ...params, mark } };
          // A run of its own turn each, so that they meet at all stages.
          for (let i = 0; i < mark % 7; i++) await Promise.resolve();
          return session.run(request).then(
            ({ saved }) => ({
              name,
              params,
              isEvil,
              saved: saved.map((ref) => [ref.type, ref.filepath]),
              code: undefined,
            }),
            (error: { code?: string }) => ({ name, params, isEvil, saved: [], code: error.code }),
          );
        });
        const ended = await Promise.all(running);
        expect(ended.filter(({ isEvil }) => isEvil).length).toBeGreaterThan(150);
        for (const { name, params, isEvil, saved, code } of ended) {
          expect([name, params, code]).toEqual([name, params, isEvil ? 'PARAM_NOT_ALLOWED' : undefined]);
          if (isEvil) continue;
          const [type, file] =
            name === 'nested' ? ['CachedDataset', name] : ['json.JSONDataset', name.replace('_made', '')];
          expect(saved).toEqual([[type, `data/${file}.json`]]);
        }
        expect(evil.opened).toEqual([]);
        expect(await readdir(folder)).not.toContain('evil');
        const files = await readdir(path.join(folder, 'data'));
        expect(files.sort()).toEqual(SAFE.map((name) => `${name.replace('_made', '')}.json`).sort());
      },
      { datasets: [evil.type] },
    );
  });

  test('have no say through a factory either: its placeholders come from the name alone', async () => {
    const evil = evilDataset();
    await withSession(
      FILES,
      async (session, folder) => {
        const run = (file: string) => session.run({ pipelines: ['typed'], runtimeParams: { file, mark: 1 } });
        await run('{kind}');
        expect(await readdir(path.join(folder, 'data'))).toEqual(['json.json']);
        await expect(run('../{kind}')).rejects.toMatchObject({ code: 'PARAM_NOT_ALLOWED' });
        await expect(run('{other}')).rejects.toMatchObject({ code: 'DATASET_INVALID' });
        await expect(session.preload(['../../x_made'])).rejects.toMatchObject({ code: 'DATASET_INVALID' });
        expect(evil.opened).toEqual([]);
      },
      { datasets: [evil.type] },
    );
  });
});
