/**
 * `POST /run` on the warm session of this package's endpoint, beside `kedro server` and kedro-boot's FastAPI application, all on
 * the same ten trivial nodes: what a request costs one client, as shipped and with equal logging, and 32 clients; and whether what
 * clients ask for at once stays apart. Every answer is checked. Needs what the Kedro benches need.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Call, load, percentile } from './http/load.ts';
import { openBoot, openKedroServer, openNative, openOurs, type Served, type Server } from './http/servers.ts';
import { COMMON, copyShared, findPythons, type Pythons, QUIET } from './kedro/environment.ts';
import { Race, type Racer } from './kedro/rounds.ts';
import { inform, report } from './measure.ts';

const ROUNDS = 9;
const CLIENTS = 32;
const TAGGED_RUNS = 480;

/** Who is asked, how often in a round, and how to tell a right answer. */
interface Contender {
  readonly name: string;
  readonly open: () => Promise<Server>;
  readonly times: number;
  readonly callOf: (i: number) => Call;
}

/** Returns false when an aim is missed. */
export async function benchHttp(): Promise<boolean> {
  const pythons = findPythons();
  if (typeof pythons === 'string') {
    console.log(`http: skipped, all of it: ${pythons}`);
    return true;
  }
  // Kedro would take them from here into each contender.
  for (const name of ['KEDRO_LOGGING_CONFIG', 'KEDRO_ENV', 'PYTHONPATH']) delete process.env[name];
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-bench-'));
  try {
    const noop = copyShared('noop', folder);
    if (typeof noop === 'string') {
      console.log(`http: skipped, all of it: ${noop}`);
      return true;
    }
    const results = [await oneClient(noop.project, pythons), await manyClients(noop.project, pythons)];
    return [...results, await apart(noop.project, pythons)].every(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders(project: string, pythons: Pythons): Contender[] {
  const quiet: Served = { project, pythons, variables: QUIET };
  const shipped: Served = { project, pythons, variables: COMMON };
  const native = path.join(import.meta.dirname, 'noop');
  return [
    { name: 'ours', open: () => openOurs(quiet), times: 150, callOf: oursCall },
    { name: 'native', open: () => openNative(native), times: 600, callOf: nativeCall },
    { name: 'kedro server', open: () => openKedroServer(quiet), times: 30, callOf: kedrosCall },
    { name: 'kedro-boot', open: () => openBoot(quiet), times: 75, callOf: bootCall },
    { name: 'ours as shipped', open: () => openOurs(shipped), times: 150, callOf: oursCall },
    { name: 'kedro server as shipped', open: () => openKedroServer(shipped), times: 8, callOf: kedrosCall },
    { name: 'kedro-boot as shipped', open: () => openBoot(shipped), times: 10, callOf: bootCall },
  ];
}

async function oneClient(project: string, pythons: Pythons): Promise<boolean> {
  const all = contenders(project, pythons);
  const latencies = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  const result = await served(all, async (origins) => {
    const racers = all.map(({ name, times, callOf }): Racer => {
      const run = async (count: number) => {
        const made = await load(origins.get(name) ?? '', { clients: 1, times: count, callOf, first: failing(name) });
        latencies.get(name)?.push(...made.latencies);
        return made.each;
      };
      return { name, times, run };
    });
    return await Race.of(racers, ROUNDS);
  });
  for (const { name } of all)
    inform(`http, one client: ${name}: a second; p50, p99`, rate(result.ms(name), latencies.get(name)));
  const aims = [
    { of: 'kedro server', against: 'ours', times: 4 },
    { of: 'kedro-boot', against: 'ours', times: 1 },
    { of: 'kedro server as shipped', against: 'ours as shipped', times: 15 },
    { of: 'kedro server', against: 'native', times: 30 },
  ];
  return aims
    .map(({ of, against, times }) => {
      const ratio = result.ratio(of, against);
      report(`http, one client: ${against} against ${of}`, `${ratio.toFixed(1)} times`, `>= ${times}`, ratio >= times);
      return ratio >= times;
    })
    .every(Boolean);
}

async function manyClients(project: string, pythons: Pythons): Promise<boolean> {
  const all = contenders(project, pythons).filter(({ name }) => !name.endsWith('as shipped'));
  return await served(all, async (origins) => {
    let isMet = true;
    for (const { name, times, callOf } of all) {
      const made = await load(origins.get(name) ?? '', { clients: CLIENTS, times: times * 8, callOf });
      inform(`http, ${CLIENTS} clients: ${name}: a second; p50, p99`, rate(made.each / 1000, made.latencies));
      if (!['ours', 'native'].includes(name)) {
        if (made.wrong > 0) inform(`    of ${times * 8} answers, wrong or none`, `${made.wrong}`);
        continue;
      }
      report(
        `http, ${CLIENTS} clients: ${name}: of ${times * 8} answers, wrong or none`,
        `${made.wrong}`,
        '0',
        made.wrong === 0,
      );
      isMet &&= made.wrong === 0;
    }
    return isMet;
  });
}

/** Each request has a params of its own, which decides where its run saves: a file is there, and says what was asked. */
async function apart(project: string, pythons: Pythons): Promise<boolean> {
  const place: Served = { project, pythons, variables: QUIET };
  const [ours, kedros] = [await tagged(place, openOurs), await tagged(place, openKedroServer)];
  const isMet = ours.lost === 0 && ours.mixed === 0;
  const said = ({ lost, mixed }: typeof ours) => `${lost}, ${mixed}`;
  report(`http, ${TAGGED_RUNS} runs of ${CLIENTS} clients: ours: lost, mixed`, said(ours), '0, 0', isMet);
  inform(`http, ${TAGGED_RUNS} runs of ${CLIENTS} clients: kedro server: lost, mixed`, said(kedros));
  return isMet;
}

async function tagged(
  place: Served,
  open: (place: Served) => Promise<Server>,
): Promise<{ lost: number; mixed: number }> {
  await using server = await open(place);
  const tag = (i: number) => `tag-${i}`;
  const callOf = (i: number): Call => ({
    path: '/run',
    body: { pipeline_names: ['tagged'], params: { tag: tag(i) } },
    isRight: isSuccess,
  });
  // What a server itself calls a failure is lost as well: its file is not there.
  await load(server.origin, { clients: CLIENTS, times: TAGGED_RUNS, callOf });
  const found = Array.from({ length: TAGGED_RUNS }, (_, i) =>
    tagIn(path.join(place.project, 'data', tag(i), 'result.json')),
  );
  rmSync(path.join(place.project, 'data'), { recursive: true, force: true });
  return {
    lost: found.filter((each) => each === undefined).length,
    mixed: found.filter((each, i) => each !== undefined && each !== tag(i)).length,
  };
}

/** Opens all of them, one after the other, and closes them whatever happens. */
async function served<T>(all: readonly Contender[], work: (origins: Map<string, string>) => Promise<T>): Promise<T> {
  const open = new Map<string, Server>();
  try {
    for (const { name, open: start } of all) open.set(name, await start());
    return await work(new Map([...open].map(([name, { origin }]) => [name, origin])));
  } finally {
    for (const server of open.values()) await server[Symbol.asyncDispose]();
  }
}

function oursCall(i: number): Call {
  const body = { pipeline_names: ['__default__'], params: { step: i + 1 }, outputs: ['v10'] };
  return { path: '/run', body, isRight: (answer) => outputsOf(answer).v10 === i + 11 };
}

function nativeCall(i: number): Call {
  const body = { pipeline_names: ['chain'], runtime_data: { value_0: i }, outputs: ['value_10'] };
  return { path: '/run', body, isRight: (answer) => outputsOf(answer).value_10 === i + 45 };
}

// It answers with no outputs.
function kedrosCall(i: number): Call {
  return { path: '/run', body: { pipeline_names: ['__default__'], params: { step: i + 1 } }, isRight: isSuccess };
}

// A param of a request reaches its nodes as text: it is asked without.
function bootCall(): Call {
  return { path: '/run', body: {}, isRight: (answer) => (answer as { v10?: number }).v10 === 11 };
}

function outputsOf(answer: unknown): Record<string, unknown> {
  return (answer as { outputs?: Record<string, unknown> }).outputs ?? {};
}

function isSuccess(answer: unknown): boolean {
  return (answer as { status?: string }).status === 'success';
}

function failing(name: string): (said: string) => never {
  return (said) => {
    throw new Error(`${name} did not answer as it should: ${said}`);
  };
}

function rate(ms: number, latencies: readonly number[] = []): string {
  const [half, most] = [0.5, 0.99].map((share) => percentile(latencies, share).toFixed(1));
  return `${(1000 / ms).toFixed(0)}; ${half}, ${most} ms`;
}

function tagIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { tag: string }).tag;
  } catch {
    return undefined;
  }
}
