/** Made data for the page: a project with a year of days, hours, runs, sweeps and workers. */
import { addIndex, type IndexSet, indexRange, indexSetOf, removeIndex, subtract } from '../../src/planner/index.ts';
import type {
  BackfillView,
  IntervalStates,
  JobIntervals,
  JobView,
  RunView,
  SweepView,
} from '../../src/server/index.ts';
import { ABOUT, PIPELINES, runOf, sweepOf, WORKERS } from './world-parts.ts';

export const WEATHER_BACKFILL = 'backfill/weather/0f3a1b2c4d5e6f70';

/** Everything that an endpoint knows. Tests change it as they like. */
export class World {
  about: unknown = ABOUT;
  jobs: JobView[] = [];
  readonly intervals = new Map<string, JobIntervals>();
  readonly backfills = new Map<string, BackfillView>();
  readonly runs = new Map<string, RunView>();
  readonly sweeps = new Map<string, SweepView>();
  /** What a 404 says of runs. */
  readonly unknown = new Map<string, string>();
  pipelines: unknown = PIPELINES;
  workers: unknown = WORKERS;
  /** Whether events of intervals leave out the keys. */
  isBrief = true;

  /** What a GET of the topic answers; undefined for 404. */
  answer(topic: string): unknown {
    const colon = topic.indexOf(':');
    const id = topic.slice(colon + 1);
    switch (colon < 0 ? topic : topic.slice(0, colon)) {
      case 'about':
        return this.about;
      case 'jobs':
        return { jobs: this.jobs };
      case 'backfills':
        return { backfills: [...this.backfills.values()] };
      case 'runs':
        return {
          runs: [...this.runs.values()].map(({ run_id, job, state, started_at, ended_at }) => ({
            run_id,
            job,
            state,
            started_at,
            ended_at,
          })),
        };
      case 'sweeps':
        return {
          sweeps: [...this.sweeps.values()].map(({ id: sweep, phase, state, started_at }) => ({
            id: sweep,
            phase,
            state,
            started_at,
          })),
        };
      case 'workers':
        return this.workers;
      case 'pipelines':
        return this.pipelines;
      case 'intervals':
        return this.intervals.get(id);
      case 'backfill':
        return this.backfills.get(id);
      case 'run':
        return this.runs.get(id);
      case 'sweep':
        return this.sweeps.get(id);
      default:
        return undefined;
    }
  }

  /** What an event of the topic carries: intervals without their keys. */
  event(topic: string): unknown {
    if (!this.isBrief || !topic.startsWith('intervals:')) return this.answer(topic);
    const { keys: _, starts: __, ...rest } = this.intervals.get(topic.slice('intervals:'.length)) as JobIntervals;
    return rest;
  }

  control(method: string, kind: string, id: string, name: string, body: unknown): unknown {
    if (method === 'DELETE') {
      const run = this.runs.get(id) as RunView;
      run.state = 'cancelled';
      return run;
    }
    if (kind === 'sweeps') {
      const sweep = this.sweeps.get(id) as SweepView;
      sweep.phase = name === 'pause' ? 'paused' : name === 'resume' ? 'running' : 'ended';
      if (name === 'cancel') sweep.state = 'cancelled';
      return sweep;
    }
    const backfill = this.backfills.get(id) as BackfillView;
    if (name === 'pause') Object.assign(backfill, { phase: 'paused', why: 'asked to' });
    if (name === 'resume') {
      backfill.phase = 'open';
      delete backfill.why;
    }
    if (name === 'cancel') backfill.phase = 'closing';
    if (name === 'retry') backfill.failed = 0;
    if (name === 'concurrency') backfill.concurrency = (body as { concurrency: number }).concurrency;
    return backfill;
  }

  backfillOf(id: string): BackfillView {
    return found(this.backfills.get(id));
  }

  sweepOf(id: string): SweepView {
    return found(this.sweeps.get(id));
  }

  runOf(id: string): RunView {
    return found(this.runs.get(id));
  }

  /** Ends intervals of a job. */
  settle(job: string, indexes: readonly number[], state: 'succeeded' | 'failed', reason: string): void {
    const intervals = this.intervals.get(job) as JobIntervals;
    const { states } = intervals;
    let { running } = states;
    let set: IndexSet = states[state][reason] ?? [];
    for (const index of indexes) {
      running = removeIndex(running, index);
      set = addIndex(set, index);
    }
    intervals.states = { ...states, running, [state]: { ...states[state], [reason]: set } };
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The made world has none of that id.');
  return value;
}

/** A year of days, of which a backfill has done 238, with three failures; and what belongs to it. */
export function weatherWorld(): World {
  const world = new World();
  const keys = daysOf('2015-01-01', 365);
  world.jobs = [
    weatherJob(),
    { name: 'totals', every: 'month', time_zone: 'UTC', parts: ['totals'], configured: true },
  ];
  world.intervals.set('weather', intervalsOf('weather', 'day', keys, yearOfStates()));
  world.intervals.set(
    'totals',
    intervalsOf('totals', 'month', monthsOf(2013, 36), { ...NO_STATES, succeeded: { RAN: [[0, 24]] } }),
  );
  world.backfills.set(WEATHER_BACKFILL, runningBackfill());
  for (const run of [
    runOf('weather/2015-08-27', 'running'),
    runOf('weather/2015-02-11', 'failed'),
    runOf('weather/2015-01-31', 'succeeded'),
  ]) {
    world.runs.set(run.run_id, run);
  }
  world.sweeps.set('sweep-1', sweepOf('sweep-1', 500));
  return world;
}

/** 10,000 hours, of which 6,000 have run. */
export function hoursWorld(size = 10_000): World {
  const world = new World();
  const keys = Array.from({ length: size }, (_, i) => new Date(Date.UTC(2014, 0, 1, i)).toISOString().slice(0, 13));
  const failed = indexSetOf(Array.from({ length: 60 }, (_, i) => i * 97 + 11));
  const states = {
    ...NO_STATES,
    succeeded: { RAN: subtract(indexRange(0, 6000), failed) },
    failed: { NODE_FAILED: failed },
    running: indexRange(6000, 6040),
  };
  world.jobs = [{ name: 'readings', every: 'hour', time_zone: 'UTC', parts: ['readings'], configured: true }];
  world.intervals.set('readings', intervalsOf('readings', 'hour', keys, states));
  return world;
}

export const NO_STATES: IntervalStates = { succeeded: {}, failed: {}, skipped: {}, cancelled: {}, running: [] };

export function intervalsOf(job: string, every: string, keys: string[], states: IntervalStates): JobIntervals {
  const starts = keys.map((key) => `${key.slice(0, 10)}T00:00:00Z`);
  return { job, every, time_zone: 'UTC', start: starts[0] ?? '', end: starts.at(-1) ?? '', keys, starts, states };
}

export function daysOf(first: string, size: number): string[] {
  return Array.from({ length: size }, (_, i) =>
    new Date(Date.parse(first) + i * 86_400_000).toISOString().slice(0, 10),
  );
}

function monthsOf(year: number, size: number): string[] {
  return Array.from({ length: size }, (_, i) => new Date(Date.UTC(year, i)).toISOString().slice(0, 7));
}

// 2015-02-11, 05-05 and 05-06 failed; ten days were there before; one was cancelled.
function yearOfStates(): IntervalStates {
  const others = indexSetOf([41, 124, 125, 200]);
  return {
    succeeded: { RAN: subtract(indexRange(10, 238), others) },
    failed: { NODE_FAILED: indexSetOf([41, 125]), DATASET_LOAD_FAILED: indexSetOf([124]) },
    skipped: { COMPLETED: indexRange(0, 10) },
    cancelled: { RUN_CANCELLED: indexSetOf([200]) },
    running: indexRange(238, 246),
  };
}

function weatherJob(): JobView {
  return {
    name: 'weather',
    description: 'A day of readings, cleaned, set beside the days before it, and told in a sentence.',
    every: 'day',
    time_zone: 'America/Los_Angeles',
    parts: ['clean', 'features', 'digest'],
    configured: true,
    schedule: {
      id: 'weather',
      paused: false,
      note: '',
      next: [new Date(Date.now() + 5 * 3_600_000).toISOString()],
      recent: [{ at: new Date(Date.now() - 19 * 3_600_000).toISOString(), run_id: 'weather/2015-12-31' }],
      running: [],
    },
    backfill: runningBackfill(),
  };
}

export function runningBackfill(): BackfillView {
  return {
    id: WEATHER_BACKFILL,
    job: 'weather',
    phase: 'open',
    every: 'day',
    first_key: '2015-01-01',
    last_key: '2015-12-31',
    start: '2015-01-01T08:00:00Z',
    end: '2016-01-01T08:00:00Z',
    total: 365,
    succeeded: 224,
    failed: 3,
    skipped: 10,
    cancelled: 1,
    running: 8,
    concurrency: 20,
    allowed: 8,
    started_at: new Date(Date.now() - 340_000).toISOString(),
    rate: 0.67,
    left_ms: 178_000,
    failures: [
      { key: '2015-02-11', code: 'NODE_FAILED', message: 'Node clean: no reading between 06:00 and 18:00.' },
      {
        key: '2015-05-05',
        code: 'DATASET_LOAD_FAILED',
        message: 'raw_readings: the file data/01_raw/2015-05-05.csv ends within a row.',
      },
      { key: '2015-05-06', code: 'NODE_FAILED', message: 'Node clean: no reading between 06:00 and 18:00.' },
    ],
    links: { temporal: 'http://localhost:8233/namespaces/default/workflows/backfill' },
  };
}
