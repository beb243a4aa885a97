/** Medians of repeated, interleaved measurements: what is compared is measured in turn, in one process. */

export interface Contender {
  name: string;
  /** Does the work `times` times. */
  work: (times: number) => Promise<unknown> | unknown;
  /** How often per round. */
  times: number;
}

/** Microseconds per piece of work, the median over rounds, by name. */
export async function compare(contenders: readonly Contender[], rounds: number): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (const { work, times } of contenders) await work(times);
  for (let round = 0; round < rounds; round++) {
    for (const { name, work, times } of contenders) {
      const start = performance.now();
      await work(times);
      samples.get(name)?.push(((performance.now() - start) * 1000) / times);
    }
  }
  return new Map([...samples].map(([name, each]) => [name, median(each)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** One line of a result: what, how much, what was aimed at. */
export function report(what: string, figure: string, aim: string, isMet: boolean): void {
  console.log(`${what.padEnd(62)} ${figure.padStart(14)}   aim ${aim.padEnd(12)} ${isMet ? 'met' : 'NOT MET'}`);
}

/** One line of a result that has no aim. */
export function inform(what: string, figure: string): void {
  console.log(`${what.padEnd(62)} ${figure.padStart(14)}`);
}
