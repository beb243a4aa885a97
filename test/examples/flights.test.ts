/** The example of the flights, in a copy of it: its days against a statement of our own, its picture by what is in it. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineSession, Row } from '../../src/index.ts';
import { openNativeSession } from '../../src/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const EXAMPLE = path.join(ROOT, 'examples/flights');
const FLIGHTS = path.join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');

let folder: string;
let session: PipelineSession;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flights-'));
  const isData = (file: string) => file.startsWith(path.join(EXAMPLE, 'data/'));
  await cp(EXAMPLE, folder, { recursive: true, filter: (file) => !isData(file) });
  // What the project imports by name: the package, and the library that draws.
  await mkdir(path.join(folder, 'node_modules'));
  for (const [name, target] of Object.entries({ 'kedro-temporal': ROOT, vega: path.join(ROOT, 'node_modules/vega') })) {
    await symlink(target, path.join(folder, 'node_modules', name), 'dir');
  }
  const globals = path.join(folder, 'conf/base/globals.yml');
  const text = await readFile(globals, 'utf8');
  await writeFile(globals, text.replace('../../node_modules', path.join(ROOT, 'node_modules')));
  session = await openNativeSession({ project: folder });
});

afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

const DAYS = ['2001-02-27', '2001-05-09', '2001-06-30'];

test('a day is summed up airport by airport, as a statement of its own says', async () => {
  for (const day of DAYS) await session.run({ pipelines: ['delays'], runtimeParams: { day } });
  const connection = await (await DuckDBInstance.create()).connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  const saved = await rows(
    `SELECT day::VARCHAR AS day, sum(flights) AS flights, sum(late) AS late, count(*) AS airports
     FROM read_parquet('${folder}/data/03_primary/delays/*/delays.parquet', hive_partitioning = true) GROUP BY 1 ORDER BY 1`,
  );
  const expected = await rows(
    `SELECT strftime(date, '%Y-%m-%d') AS day, count(*) AS flights, sum(CASE WHEN delay >= 15 THEN 1 ELSE 0 END) AS late,
     count(DISTINCT origin) AS airports FROM '${FLIGHTS}'
     WHERE strftime(date, '%Y-%m-%d') IN (${DAYS.map((day) => `'${day}'`).join(', ')}) GROUP BY 1 ORDER BY 1`,
  );
  connection.closeSync();
  expect(saved).toEqual(expected);
  expect(saved).toHaveLength(3);
});

test('the report has the busiest airports, and the picture a cell for each of their days', async () => {
  const { outputs, saved } = await session.run({ pipelines: ['report'], outputs: ['airport_summary'] });
  const airports = outputs.airport_summary as Row[];
  expect(airports).toHaveLength(25);
  expect(airports[0]).toMatchObject({ origin: 'ORD', days: 3 });
  expect(saved.map((each) => each.dataset).sort()).toEqual(['airport_summary', 'delay_picture']);
  const svg = await readFile(path.join(folder, 'data/08_reporting/delays.svg'), 'utf8');
  expect(svg.startsWith('<svg')).toBe(true);
  for (const { origin } of airports) expect(svg).toContain(`>${origin}<`);
  const [cells, bars] = [25 * DAYS.length, DAYS.length];
  expect(svg.split('<path ').length - 1).toBeGreaterThanOrEqual(cells + bars);
});

test('a day without flights fails for good and names the day', async () => {
  const failed = session.run({ pipelines: ['delays'], runtimeParams: { day: '2001-12-24' } });
  await expect(failed).rejects.toMatchObject({
    code: 'NODE_FAILED',
    retryable: false,
    message: expect.stringContaining('There are no flights on 2001-12-24.'),
  });
});
