/** One way into each error of opening a project, its configuration and its data. */
import { defineDataset, importLibrary, openNativeSession } from '../../src/index.ts';
import { jobNamed } from '../../src/jobs/index.ts';
import { jobsOf } from '../jobs/files.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';
import { open, run } from './ways.ts';

const READS = pipelineFile(`node((value: unknown) => value, { inputs: 'a', outputs: 'seen', name: 'read' })`);
const WRITES = pipelineFile(`node(() => 5, { outputs: 'a', name: 'write' })`);

/** Runs a pipeline that reads the dataset `a`. */
const reading = (catalog: string, more: Record<string, string> = {}) =>
  run({ 'conf/base/catalog.yml': catalog, 'pipelines/read.ts': READS, ...more }, {});

/** Runs a pipeline that writes 5 to the dataset `a`. */
const writing = (catalog: string, more: Record<string, string> = {}, request = {}) =>
  run({ 'conf/base/catalog.yml': catalog, 'pipelines/write.ts': WRITES, ...more }, request);

export const projectErrors = {
  PROJECT_NOT_FOUND: () => openNativeSession({ project: 'no/such/folder' }),
  PROJECT_SETTINGS_INVALID: () => open({ 'settings.ts': 'export default 5;' }),
  CONFIG_SYNTAX: () => open({ 'conf/base/catalog.yml': 'a: [' }),
  CONFIG_DUPLICATE_KEY: () =>
    open({ 'conf/base/catalog.yml': jsonEntry('a'), 'conf/base/catalog_more.yml': jsonEntry('a') }),
  CONFIG_ENV_NOT_FOUND: () => open({}, { env: 'prdo' }),
  CONFIG_UNRESOLVED: () => reading(jsonEntry('a').replace('data', '${globals:nowhere}')),
  CREDENTIALS_NOT_FOUND: () => reading(jsonEntry('a', '  credentials: nobody\n')),
  PARAM_MISSING: () => reading(jsonEntry('a').replace('data', '${runtime_params:folder}')),
  JOB_INVALID: () => jobsOf('jobs: { daily: { pipelin: clean } }'),
  JOB_NOT_FOUND: async () => jobNamed(await jobsOf('jobs: { daily: { pipeline: clean } }'), 'weekly'),
  PARAM_NOT_ALLOWED: () =>
    run(
      { 'conf/base/catalog.yml': jsonEntry('a').replace('data', '${runtime_params:f}'), 'pipelines/read.ts': READS },
      { runtimeParams: { f: '../other' } },
    ),

  DATASET_NOT_FOUND: () => withSession({}, (session) => session.preload(['a'])),
  CACHE_LIMIT_EXCEEDED: () =>
    withSession(
      { 'conf/base/catalog.yml': jsonEntry('a'), 'data/a.json': '"a text"' },
      (session) => session.preload(['a']),
      { warm: { memoryLimit: '5 b' } },
    ),
  DATASET_TYPE_UNKNOWN: () => reading('a:\n  type: json.JSONDataSet\n  filepath: a.json\n'),
  DATASET_INVALID: () => reading('a:\n  type: json.JSONDataset\n'),
  DATASET_LIBRARY_MISSING: () => withMissingLibrary(),
  DATASET_NOT_SAVED_YET: () => reading(jsonEntry('a')),
  DATASET_LOAD_FAILED: () => reading(jsonEntry('a'), { 'data/a.json': '{' }),
  DATASET_SAVE_FAILED: () => writing(jsonEntry('a'), { data: 'a file where a folder should be' }),
  DATASET_VALUE_INVALID: () => writing('a:\n  type: text.TextDataset\n  filepath: data/a.txt\n'),
  DATASET_READ_ONLY: () => writing('a:\n  type: duckdb.QueryDataset\n  sql: SELECT 1\n'),
  VERSION_INVALID: () => writing(jsonEntry('a'), {}, { saveVersion: 'v1' }),
  VERSION_EXISTS: () =>
    withSession(
      { 'conf/base/catalog.yml': jsonEntry('a', '  versioned: true\n'), 'pipelines/write.ts': WRITES },
      async (session) => {
        const { saveVersion } = await session.run({});
        await session.run({ saveVersion });
      },
    ),
};

function withMissingLibrary(): Promise<unknown> {
  const name: string = 'a-package-that-nobody-has';
  const own = defineDataset({
    type: 'own.FarDataset',
    options: {},
    open: ({ dataset }) => ({
      load: () => importLibrary(dataset, name, () => import(name)),
      exists: async () => true,
      fingerprint: async () => '',
    }),
  });
  return withSession({ 'conf/base/catalog.yml': 'a:\n  type: own.FarDataset\n' }, (session) => session.preload(['a']), {
    datasets: [own],
  });
}
