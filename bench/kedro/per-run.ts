/** What one run costs, warm, beside the other ways to run the same pipeline. */
import path from 'node:path';
import { openKedroSession, type RunRequest } from 'kedro-temporal';
import { inform, report } from '../measure.ts';
import { COMMON, type Pythons, QUIET } from './environment.ts';
import { Baselines, coldRun, KedroServer, type Place } from './processes.ts';
import { Race, type Racer, timed } from './rounds.ts';

type Session = Awaited<ReturnType<typeof openKedroSession>>;

const ROUNDS = 15;
const FEW_ROUNDS = 5;

interface Aim {
  readonly of: string;
  readonly against: string;
  /** The aim: at most (`<=`), at least (`>=`) or more than (`>`) so many times. */
  readonly sign: '<=' | '>=' | '>';
  readonly times: number;
}

const NOOP_AIMS: readonly Aim[] = [
  { of: 'ours', against: 'runner', sign: '<=', times: 1.15 },
  { of: 'kedro-boot', against: 'ours', sign: '>=', times: 1.25 },
  { of: 'service', against: 'ours', sign: '>=', times: 5 },
  { of: 'server', against: 'ours', sign: '>=', times: 5 },
  { of: 'service as shipped', against: 'ours as shipped', sign: '>=', times: 20 },
  { of: 'cold', against: 'ours', sign: '>=', times: 500 },
];
const fasterThan = (...of: string[]): Aim[] => of.map((each) => ({ of: each, against: 'ours', sign: '>', times: 1 }));
const SPACEFLIGHTS_AIMS = fasterThan('durable runner', 'durable kedro-boot', 'service', 'server', 'cold');
const MEMORY_AIMS = fasterThan('runner', 'kedro-boot');

const SAID: Record<string, string> = {
  ours: 'our session, pipe included',
  'ours in an activity': 'our session, with events and a signal',
  runner: 'SequentialRunner, warm catalog, no pipe',
  'kedro-boot': 'kedro-boot session.run',
  'durable runner': 'SequentialRunner, and a save like ours',
  'durable kedro-boot': 'kedro-boot, and a save like ours',
  service: 'KedroServiceSession.run',
  server: 'kedro server, POST /run',
  'ours as shipped': 'our session, logging as shipped',
  'service as shipped': 'KedroServiceSession, logging as shipped',
  cold: 'kedro run',
};

export async function benchNoopRuns(project: string, pythons: Pythons): Promise<boolean> {
  const place = { project, env: undefined, pipeline: '__default__', variables: QUIET };
  const check = (outputs: Record<string, unknown>) => outputs.v10 === 11;
  return await race('noop', place, pythons, { check, preload: [], slice: 80, aims: NOOP_AIMS, asShipped: true });
}

export async function benchSpaceflightsRuns(project: string, pythons: Pythons): Promise<boolean> {
  const place = { project, env: 'bench', pipeline: 'data_science', variables: QUIET };
  const check = (outputs: Record<string, unknown>) => typeof outputs.metrics === 'object';
  const preload = ['model_input_table'];
  const rules = { check, preload, slice: 20 };
  // Ours moves a saved file to its place whole and waits for the disk to have it, which no other does: those that come near
  // are measured as they are, without an aim, and with such a save; and then all without a file.
  const plain = ['runner', 'kedro-boot'];
  const saved = await race('spaceflights', place, pythons, { ...rules, aims: SPACEFLIGHTS_AIMS, plain });
  const inMemory = { ...place, env: 'memory' };
  return (await race('model in memory', inMemory, pythons, { ...rules, aims: MEMORY_AIMS })) && saved;
}

interface Rules {
  readonly check: (outputs: Record<string, unknown>) => boolean;
  readonly preload: string[];
  /** Runs a round of the fast ones. */
  readonly slice: number;
  readonly aims: readonly Aim[];
  readonly asShipped?: boolean;
  /** Contenders that do less than ours: told beside it, without an aim, and measured once more doing the same. */
  readonly plain?: readonly string[];
}

async function race(title: string, place: Place, pythons: Pythons, rules: Rules): Promise<boolean> {
  const open = new Opened();
  const racers: Racer[] = [];
  let result: Race;
  try {
    racers.push(...(await inProcessRacers(open, place, pythons, rules)));
    if (place.env !== 'memory') racers.push(...(await otherRacers(open, place, pythons, rules)));
    if (rules.plain !== undefined) racers.push(...durableRacers(open, place, pythons, rules));
    if (rules.asShipped) racers.push(...(await shippedRacers(open, place, pythons, rules)));
    result = await Race.of(racers, ROUNDS);
  } finally {
    await open.close();
  }
  for (const { name } of racers) inform(`kedro, ${title}: ${SAID[name]}`, `${result.ms(name).toFixed(2)} ms`);
  for (const of of rules.plain ?? []) {
    inform(`kedro, ${title}: ${of} against ours, which does more`, `${result.ratio(of, 'ours').toFixed(2)} times`);
  }
  let isMet = true;
  for (const { of, against, sign, times } of rules.aims) {
    const ratio = result.ratio(of, against);
    const met = sign === '<=' ? ratio <= times : sign === '>=' ? ratio >= times : ratio > times;
    report(`kedro, ${title}: ${of} against ${against}`, `${ratio.toFixed(2)} times`, `${sign} ${times}`, met);
    isMet &&= met;
  }
  return isMet;
}

/** What a race has opened. (`AsyncDisposableStack` is not in Node 20.) */
class Opened {
  readonly #all: AsyncDisposable[] = [];

  use<T extends AsyncDisposable>(one: T): T {
    this.#all.push(one);
    return one;
  }

  async close(): Promise<void> {
    for (const one of this.#all.splice(0).reverse()) await one[Symbol.asyncDispose]();
  }
}

async function inProcessRacers(
  open: Opened,
  place: Place,
  pythons: Pythons,
  { check, preload, slice }: Rules,
): Promise<Racer[]> {
  const ours = open.use(await openOurs(place, pythons));
  if (preload.length > 0) await ours.preload(preload);
  const boot = open.use(openBoot(place, pythons));
  const runner = open.use(new Baselines(pythons.python, place));
  return [
    { name: 'ours', times: slice, run: oursRunning(ours, place, check) },
    { name: 'ours in an activity', times: Math.ceil(slice / 2), run: oursRunning(ours, place, check, true) },
    { name: 'runner', times: slice, run: (times) => runner.run('runner', times) },
    { name: 'kedro-boot', times: slice, run: (times) => boot.run('boot', times) },
  ];
}

function openBoot(place: Place, { python, bootPath }: Pythons): Baselines {
  return new Baselines(python, { ...place, variables: { ...place.variables, PYTHONPATH: bootPath } });
}

function durableRacers(open: Opened, place: Place, pythons: Pythons, { slice }: Rules): Racer[] {
  const runner = open.use(new Baselines(pythons.python, place));
  const boot = open.use(openBoot(place, pythons));
  return [
    { name: 'durable runner', times: slice, run: (times) => runner.run('durable_runner', times) },
    { name: 'durable kedro-boot', times: slice, run: (times) => boot.run('durable_boot', times) },
  ];
}

async function otherRacers(open: Opened, place: Place, pythons: Pythons, { slice }: Rules): Promise<Racer[]> {
  const service = open.use(new Baselines(pythons.python, place));
  const server = open.use(await KedroServer.open(pythons.kedro, place, 1));
  return [
    { name: 'service', times: Math.ceil(slice / 4), run: (times) => service.run('service', times) },
    { name: 'server', times: Math.ceil(slice / 4), run: serverRunning(server, place) },
    { name: 'cold', times: 1, rounds: FEW_ROUNDS, run: async () => (await coldRun(pythons.kedro, place)) * 1000 },
  ];
}

/** Nothing configured: each logs as it does when it is installed. */
async function shippedRacers(open: Opened, quiet: Place, pythons: Pythons, { check, slice }: Rules): Promise<Racer[]> {
  const place = { ...quiet, variables: COMMON };
  const ours = open.use(await openOurs(place, pythons));
  const service = open.use(new Baselines(pythons.python, place));
  return [
    { name: 'ours as shipped', times: slice, run: oursRunning(ours, place, check) },
    { name: 'service as shipped', times: Math.ceil(slice / 16), run: (times) => service.run('service', times) },
  ];
}

async function openOurs(place: Place, { python }: Pythons): Promise<Session> {
  return await openKedroSession({
    project: place.project,
    python,
    ...(place.env === undefined ? {} : { env: place.env }),
    environment: place.variables,
    onLog: () => {},
  });
}

function oursRunning(session: Session, { pipeline }: Place, check: Rules['check'], isWatched = false): Racer['run'] {
  const request: RunRequest = { pipelines: [pipeline] };
  return (times) =>
    timed(times, async () => {
      const live = isWatched ? { onEvent: () => {}, signal: new AbortController().signal, runsAhead: true } : {};
      const { outputs } = await session.run(request, live);
      if (!check(outputs)) throw new Error(`${path.basename(session.project)} made ${JSON.stringify(outputs)}`);
    });
}

function serverRunning(server: KedroServer, { pipeline }: Place): Racer['run'] {
  return (times) =>
    timed(times, async () => {
      if (!(await server.run(pipeline))) throw new Error('a run on kedro server failed');
    });
}
