/**
 * Artifacts of 200 MB that stay in memory: 1,000 runs on them, what a run costs against the same with the value given as
 * live data and against loading it each time, and whether releasing them gives the memory back.
 */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineDataset, openNativeSession, type PipelineSession } from 'kedro-temporal';
import { compare, inform, report } from './measure.ts';

const MB = 1024 * 1024;
const RUNS = 1_000;
const ROWS = 1_500_000;
const MOST_GROWTH = 4 * MB;

type Kind = 'table' | 'buffer';

/** Returns false when an aim is missed. */
export async function benchWarm(): Promise<boolean> {
  if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-warm-'));
  try {
    await writeTable(path.join(folder, 'table.json'));
    const project = path.join(import.meta.dirname, 'warm');
    await using session = await openNativeSession({
      project,
      datasets: [typeOf('table', () => readTable(folder)), BUFFERS],
    });
    const isTableMet = await benchArtifact(session, 'table');
    return (await benchArtifact(session, 'buffer')) && isTableMet;
  } finally {
    await rm(folder, { recursive: true });
  }
}

// Not a JSONDataset: its path would hold the folder, and filling it for each run is not what is measured here.
function typeOf(name: Kind, load: () => Promise<unknown>) {
  return defineDataset({
    type: `bench.${name}`,
    options: {},
    open: () => ({ load, exists: async () => true, fingerprint: async () => '' }),
  });
}

async function readTable(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(path.join(folder, 'table.json'), 'utf8'));
}

// Made rather than read, so that the disk has no part in it.
const BUFFERS = typeOf('buffer', async () => Buffer.alloc(200 * MB, 1));

type Runs = (times: number, data?: Record<string, unknown>) => Promise<void>;

/** One artifact: loaded, read by many runs, released. */
async function benchArtifact(session: PipelineSession, kind: Kind): Promise<boolean> {
  const runs: Runs = async (times, data) => {
    for (let i = 0; i < times; i++) await runOnce(session, kind, i, data);
  };
  // A buffer cannot be frozen, and a copy of 200 MB for each run is not what anybody wants.
  const how = kind === 'buffer' ? ({ copyMode: 'assign' } as const) : {};
  const preload = () => session.preload([kind], how);

  const cold = (await compare([{ name: 'cold', times: 1, work: runs }], 3)).get('cold') ?? 0;
  await preload();
  const isCheap = await benchRuns(kind, runs, cold);
  await session.releaseCache();

  const before = inUse();
  await preload();
  const [artifact] = (await session.describe()).warm;
  await runs(100);
  const first = inUse();
  const firstRss = process.memoryUsage.rss();
  await runs(RUNS);
  const growth = inUse() - first;
  const rssGrowth = process.memoryUsage.rss() - firstRss;
  await session.releaseCache();
  const left = inUse() - before;

  const [isFlat, isFreed] = [growth < MOST_GROWTH, left < MOST_GROWTH];
  const aim = `< ${mb(MOST_GROWTH)}`;
  inform(`warm ${kind}: in memory, by the session's estimate`, `${mb(first - before)}, ${mb(artifact?.bytes ?? 0)}`);
  report(`warm ${kind}: growth over ${RUNS} runs (resident: ${mb(rssGrowth)})`, mb(growth), aim, isFlat);
  report(`warm ${kind}: left in memory after releaseCache`, mb(left), aim, isFreed);
  return isFlat && isCheap && isFreed;
}

async function benchRuns(kind: Kind, runs: Runs, cold: number): Promise<boolean> {
  const medians = await compare(
    [
      { name: 'warm', times: RUNS, work: (times) => runs(times) },
      { name: 'live', times: RUNS, work: (times) => runs(times, { [kind]: LIVE[kind] }) },
    ],
    9,
  );
  const [warm = 0, live = 0] = ['warm', 'live'].map((name) => medians.get(name));
  const above = warm - live;
  const ratio = (warm / live).toFixed(2);
  report(
    `warm ${kind}: a run, above the same with live data (${ratio} times)`,
    `${above.toFixed(1)} µs`,
    '< 50 µs',
    above < 50,
  );
  inform(
    `warm ${kind}: a run that loads it, against a warm run`,
    `${Math.round(cold / warm).toLocaleString('en')} times`,
  );
  return above < 50;
}

// As long as a run looks: it hands live data on as it is, whatever its size.
const LIVE = { table: Array.from({ length: 100 }, (_, i) => rowOf(i)), buffer: Buffer.alloc(100) } as const;

const NODES = { table: 'in_table', buffer: 'in_buffer' } as const;
const OUTPUTS = { table: 'row_value', buffer: 'byte_value' } as const;

async function runOnce(session: PipelineSession, kind: Kind, i: number, data?: Record<string, unknown>) {
  const request = { pipelines: ['look'], nodeNames: [NODES[kind]], runtimeParams: { at: i % 100 } };
  const { outputs } = await session.run(request, data === undefined ? {} : { data });
  if (outputs[OUTPUTS[kind]] === undefined) throw new Error(`the run says ${JSON.stringify(outputs)}`);
}

/** Bytes that live values take, collected first; buffers are outside of the heap. */
function inUse(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function writeTable(file: string): Promise<void> {
  const handle = await open(file, 'w');
  for (let from = 0; from < ROWS; from += 50_000) {
    const rows = Array.from({ length: 50_000 }, (_, i) => JSON.stringify(rowOf(from + i)));
    await handle.write(`${from === 0 ? '[' : ','}${rows.join(',')}`);
  }
  await handle.write(']');
  await handle.close();
}

function rowOf(id: number) {
  return { id, name: `a name of some length, number ${id}`, value: id / 7 };
}

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
