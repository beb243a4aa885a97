/** Whether a host's memory and the time of a run stay as they are over thousands of runs. */
import { openKedroSession, type PipelineSession } from 'kedro-temporal';
import { inform, median, report } from '../measure.ts';
import { type Pythons, QUIET } from './environment.ts';
import { Baselines, hostPids, memoryOf } from './processes.ts';
import { timed } from './rounds.ts';

const RUNS = 5_000;
const BLOCKS = 40;
/** A young host is replaced after so many blocks. */
const YOUNG_BLOCKS = 5;
const WARM_UP = 200;
const SERVICE_RUNS = 600;
const MOST_DRIFT = 1.1;
const MOST_GROWTH_MIB = 2;

/** Returns false when memory or time is not flat. */
export async function benchLongRuns(project: string, pythons: Pythons): Promise<boolean> {
  const plain = await hold('without plugins', project, pythons.python);
  const viz = await hold('kedro-viz installed', project, pythons.vizPython);
  await serviceWithViz(project, pythons.vizPython);
  return plain && viz;
}

/** Runs by turns with a young host, which is replaced again and again: the machine is as fast for both, and only one grows old. */
async function hold(title: string, project: string, python: string): Promise<boolean> {
  const before = new Set(hostPids());
  await using old = await Runs.open(project, python);
  const pid = hostPids().find((each) => !before.has(each)) ?? 0;
  const result: Held = { times: [], againstYoung: [], memory: [memoryOf(pid, 'now')] };
  for (let block = 0; block < BLOCKS; block += YOUNG_BLOCKS) {
    await using young = await Runs.open(project, python);
    for (let i = 0; i < YOUNG_BLOCKS; i++) {
      const times: { old: number[]; young: number[] } = { old: [], young: [] };
      for (let run = 0; run < RUNS / BLOCKS; run++) {
        times.old.push(await timed(1, old.once));
        times.young.push(await timed(1, young.once));
      }
      result.times.push(median(times.old) / 1000);
      result.againstYoung.push(median(times.old) / median(times.young));
      result.memory.push(memoryOf(pid, 'now'));
    }
  }
  return tell(title, result);
}

interface Held {
  /** Milliseconds of a run, by block. */
  readonly times: number[];
  /** The same, in runs of a young host. */
  readonly againstYoung: number[];
  /** MiB of the host, before and after each block. */
  readonly memory: number[];
}

class Runs implements AsyncDisposable {
  readonly #session: PipelineSession;

  private constructor(session: PipelineSession) {
    this.#session = session;
  }

  static async open(project: string, python: string): Promise<Runs> {
    const runs = new Runs(await openKedroSession({ project, python, environment: QUIET, onLog: () => {} }));
    for (let i = 0; i < WARM_UP; i++) await runs.once();
    return runs;
  }

  readonly once = async (): Promise<void> => {
    const { outputs } = await this.#session.run({ pipelines: ['__default__'] });
    if (outputs.v10 !== 11) throw new Error(`v10 is ${outputs.v10}`);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
  }
}

function tell(title: string, { times, againstYoung, memory }: Held): boolean {
  const what = `kedro, ${RUNS} runs, ${title}`;
  const third = Math.floor(BLOCKS / 3);
  const parts = (values: number[]) =>
    [values.slice(0, third), values.slice(third, -third), values.slice(-third)].map((part) => median(part));
  const shown = parts(times).map((each) => each.toFixed(2));
  inform(`${what}: ms at start, middle, end`, shown.join(', '));
  const [start = 0, middle = 0, end = 0] = parts(againstYoung);
  const drift = Math.max(start, middle, end) / Math.min(start, middle, end);
  const trend = 1 + slope(againstYoung) * BLOCKS;
  const isFlat = drift <= MOST_DRIFT && Math.abs(trend - 1) <= MOST_DRIFT - 1;
  const figure = `${drift.toFixed(2)}; ${trend.toFixed(2)}`;
  report(`${what}: by a young host's, thirds; trend`, figure, `<= ${MOST_DRIFT}`, isFlat);
  const growth = (memory.at(-1) ?? Number.NaN) - (memory[0] ?? Number.NaN);
  const isSteady = growth <= MOST_GROWTH_MIB;
  const held = memory[0]?.toFixed(0);
  report(`${what}: growth of ${held} MiB`, `${growth.toFixed(1)} MiB`, `<= ${MOST_GROWTH_MIB} MiB`, isSteady);
  return isFlat && isSteady;
}

/** What is lost or won a block, relative to the median: the median of the slopes between any two blocks (Theil-Sen). */
function slope(values: readonly number[]): number {
  const slopes = values.flatMap((from, i) => values.slice(i + 1).map((to, j) => (to - from) / (j + 1)));
  return median(slopes) / median(values);
}

async function serviceWithViz(project: string, python: string): Promise<void> {
  await using service = new Baselines(python, { project, env: undefined, pipeline: '__default__', variables: QUIET });
  await service.run('service', 0);
  const first = await service.run('service', 20);
  await service.run('service', SERVICE_RUNS - 40);
  const last = await service.run('service', 20);
  inform(
    `kedro, kedro-viz installed: KedroServiceSession, run 1 and run ${SERVICE_RUNS}`,
    `${(first / 1000).toFixed(1)}, ${(last / 1000).toFixed(1)} ms`,
  );
}
