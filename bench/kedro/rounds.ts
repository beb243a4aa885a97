/** Contenders that time themselves, in turn, round after round: a ratio is made within a round, then the median is taken. */
import { median } from '../measure.ts';

export interface Racer {
  readonly name: string;
  /** Runs per round. */
  readonly times: number;
  /** Does `times` runs; microseconds for each. */
  readonly run: (times: number) => Promise<number>;
  /** Takes part in the first so many rounds only. Default: in all. */
  readonly rounds?: number;
}

export class Race {
  readonly #samples: ReadonlyMap<string, number[]>;

  private constructor(samples: ReadonlyMap<string, number[]>) {
    this.#samples = samples;
  }

  static async of(racers: readonly Racer[], rounds: number): Promise<Race> {
    const samples = new Map<string, number[]>(racers.map(({ name }) => [name, []]));
    for (const { run, times } of racers) await run(times);
    for (let round = 0; round < rounds; round++) {
      for (const racer of racers) {
        if (round < (racer.rounds ?? rounds)) samples.get(racer.name)?.push(await racer.run(racer.times));
      }
    }
    return new Race(samples);
  }

  /** Milliseconds of one run. */
  ms(name: string): number {
    return median(this.#of(name)) / 1000;
  }

  /** How many times longer `slow` takes than `fast`. */
  ratio(slow: string, fast: string): number {
    const base = this.#of(fast);
    return median(this.#of(slow).map((each, round) => each / (base[round] ?? Number.NaN)));
  }

  #of(name: string): number[] {
    const found = this.#samples.get(name);
    if (found === undefined) throw new Error(`"${name}" was not measured`);
    return found;
  }
}

/** Microseconds of one of `times` calls. */
export async function timed(times: number, once: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await once();
  return ((performance.now() - start) * 1000) / times;
}
