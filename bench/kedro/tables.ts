/** A table of a million rows in and out of a run: as Arrow through the session, against Parquet through files. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { Bool, DateDay, makeData, makeVector, Table, Utf8, Vector, vectorFromArray } from 'apache-arrow';
import { openKedroSession } from 'kedro-temporal';
import { inform, median } from '../measure.ts';
import { type Pythons, QUIET } from './environment.ts';
import { Baselines, hostPids, memoryOf, resetPeak } from './processes.ts';

const ROWS = 1_000_000;
const ROUNDS = 5;

interface Way {
  readonly times: number[];
  /** MiB at most of the Python host, above what it held before. */
  readonly host: number[];
}

export async function benchTables(project: string, pythons: Pythons): Promise<void> {
  const arrow: Way = { times: [], host: [] };
  const files: Way = { times: [], host: [] };
  const table = millionRows();
  // A fresh host each time: what a peak leaves behind would hide the next.
  for (let round = 0; round <= ROUNDS; round++) {
    await throughSession(project, pythons, round === 0 ? undefined : arrow, table);
    await throughFiles(project, pythons, round === 0 ? undefined : files);
  }
  tell('Arrow through the session', arrow);
  tell('Parquet through files', files);
  const ratio = median(files.times.map((each, round) => each / (arrow.times[round] ?? Number.NaN)));
  inform('kedro, a million rows in and out: Parquet against Arrow', `${ratio.toFixed(2)} times`);
}

async function throughSession(project: string, { python }: Pythons, way: Way | undefined, given: Table): Promise<void> {
  await using session = await openKedroSession({ project, python, environment: QUIET, onLog: () => {} });
  const [host = 0] = hostPids();
  await session.run({ pipelines: ['live'] }, { data: { given: given.slice(0, 10) }, results: new Map() });
  await measured(way, host, async () => {
    const results = new Map<string, unknown>();
    await session.run({ pipelines: ['live'] }, { data: { given }, results });
    const returned = results.get('returned') as Table;
    if (returned.numRows !== ROWS) throw new Error(`${returned.numRows} rows came back`);
    const last = returned.get(ROWS - 1)?.toJSON();
    if (last?.string !== `row ${(ROWS - 1) % 100_000}`) throw new Error(`the last row is ${JSON.stringify(last)}`);
  });
}

async function throughFiles(project: string, { python }: Pythons, way: Way | undefined): Promise<void> {
  for (const name of ['given', 'returned']) rmSync(path.join(project, `data/${name}.parquet`), { force: true });
  await using caller = new Baselines(python, { project, env: undefined, pipeline: 'files', variables: QUIET });
  await using session = await openKedroSession({ project, python, environment: QUIET, onLog: () => {} });
  const [host = 0] = hostPids().filter((pid) => pid !== caller.pid);
  // Untimed, so that imports are over and the caller has its table.
  await caller.run('write_table', 0);
  await caller.run('write_ten', 1);
  await session.run({ pipelines: ['files'] });
  await caller.run('read_table', 0);
  await measured(way, host, async () => {
    await caller.run('write_table', 1);
    await session.run({ pipelines: ['files'] });
    await caller.run('read_table', 1);
  });
}

async function measured(way: Way | undefined, host: number, work: () => Promise<void>): Promise<void> {
  globalThis.gc?.();
  resetPeak(host);
  const before = memoryOf(host, 'now');
  const start = performance.now();
  await work();
  way?.times.push(performance.now() - start);
  way?.host.push(memoryOf(host, 'peak') - before);
}

function tell(title: string, { times, host }: Way): void {
  inform(`kedro, a million rows in and out: ${title}`, `${median(times).toFixed(0)} ms`);
  inform('    at most in the host, above what it holds at rest', `${median(host).toFixed(0)} MiB`);
}

function millionRows(): Table {
  const each = Array.from({ length: ROWS }, (_, i) => i);
  const days = makeData({ type: new DateDay(), length: ROWS, data: Int32Array.from(each, (i) => i % 10_000) });
  return new Table({
    int: makeVector(BigInt64Array.from(each, BigInt)),
    float: makeVector(Float64Array.from(each, (i) => i / 3)),
    bool: vectorFromArray(
      each.map((i) => i % 3 === 0),
      new Bool(),
    ),
    string: vectorFromArray(
      each.map((i) => `row ${i % 100_000}`),
      new Utf8(),
    ),
    date: new Vector([days]),
  });
}
