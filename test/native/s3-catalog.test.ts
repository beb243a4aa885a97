/** A project whose data is in S3: runs, versions, partitions, resume, and what params may not do to its paths. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addEvent, noProgress } from '../../src/core/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';
import { hasS3, type S3Server, startS3 } from '../s3/server.ts';

const CATALOG = `
rain:
  type: pandas.CSVDataset
  filepath: s3://\${globals:bucket}/\${runtime_params:day}/rain.csv
  credentials: lake
sum:
  type: json.JSONDataset
  filepath: s3://\${globals:bucket}/sum.json
  versioned: true
  credentials: lake
by_station:
  type: partitions.PartitionedDataset
  path: s3://\${globals:bucket}/stations/\${runtime_params:day}
  dataset:
    type: json.JSONDataset
    save_args: { indent: 0 }
  filename_suffix: .json
  credentials: lake
`;

const NODES = `
  node(() => [{ station: 'a', mm: 1 }, { station: 'b', mm: 2 }], { outputs: 'rain', name: 'measure' }),
  node((rain: { mm: number }[]) => {
    if ((globalThis as { s3Breaks?: boolean }).s3Breaks) throw new Error('no sum today');
    return rain.reduce((all, { mm }) => all + mm, 0);
  }, { inputs: 'rain', outputs: 'sum', name: 'add' }),
  node((rain: { station: string; mm: number }[]) =>
    Object.fromEntries(rain.map(({ station, mm }) => [station, () => mm])), { inputs: 'rain', outputs: 'by_station', name: 'split' }),
  node(async (parts: Record<string, () => Promise<number>>) =>
    Promise.all(Object.entries(parts).map(async ([id, load]) => [id, await load()])), { inputs: 'by_station', outputs: 'seen', name: 'look' }),
`;

describe.skipIf(!hasS3)('a project whose catalog is in S3', () => {
  let server: S3Server;
  let bucket = '';
  let buckets = 0;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    bucket = `project-${++buckets}`;
    await server.makeBucket(bucket);
  });
  const files = () => ({
    'conf/base/globals.yml': `bucket: ${bucket}\n`,
    'conf/base/catalog.yml': CATALOG,
    'conf/local/credentials.yml': `lake: ${JSON.stringify(server.credentials)}\n`,
    'pipelines/weather.ts': pipelineFile(NODES),
  });
  const runtimeParams = { day: '2026-01-31' };

  test('runs, and keeps its versions apart', async () => {
    await withSession(files(), async (session) => {
      const first = await session.run({ runtimeParams });
      expect(first.outputs).toEqual({
        seen: [
          ['a', 1],
          ['b', 2],
        ],
      });
      expect(first.references.sum).toMatchObject({ filepath: `s3://${bucket}/sum.json`, version: first.saveVersion });
      const second = await session.run({ runtimeParams });
      expect(await server.keys(bucket)).toEqual([
        '2026-01-31/rain.csv',
        'stations/2026-01-31/a.json',
        'stations/2026-01-31/b.json',
        `sum.json/${first.saveVersion}/sum.json`,
        `sum.json/${second.saveVersion}/sum.json`,
      ]);
    });
  });

  test('returns partitions as a reference, and refuses to make JSON of them', async () => {
    await withSession(files(), async (session) => {
      const report = await session.run({ runtimeParams, nodeNames: ['measure', 'split'] });
      expect(report.references.by_station).toEqual({
        dataset: 'by_station',
        type: 'partitions.PartitionedDataset',
        filepath: `s3://${bucket}/stations/2026-01-31`,
      });
      await expect(session.run({ runtimeParams, outputs: ['by_station'] })).rejects.toMatchObject({
        code: 'OUTPUT_NOT_JSON',
      });
    });
  });

  test('an attempt that is tried again goes on after what is saved', async () => {
    await withSession(files(), async (session) => {
      const marks = globalThis as { s3Breaks?: boolean };
      const progress = noProgress();
      const request = { runtimeParams, runId: 'r1', saveVersion: '2026-02-01T00.00.00.000Z' };
      marks.s3Breaks = true;
      const first = session.run(request, { onEvent: (event) => addEvent(progress, event) });
      await expect(first).rejects.toMatchObject({ code: 'NODE_FAILED' });
      delete marks.s3Breaks;
      const report = await session.run(request, { resume: progress });
      expect(report.nodes.find(({ name }) => name === 'measure')).toMatchObject({ status: 'skipped' });
      expect(await server.keys(bucket)).toContain('sum.json/2026-02-01T00.00.00.000Z/sum.json');
    });
  });

  test.each(['../other', 's3://elsewhere', '/x'])('the param %j cannot lead to another place', async (day) => {
    await withSession(files(), async (session) => {
      await expect(session.run({ runtimeParams: { day } })).rejects.toMatchObject({ code: 'PARAM_NOT_ALLOWED' });
      expect(await server.keys(bucket)).toEqual([]);
    });
  });
});
