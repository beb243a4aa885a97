/** Lists of instants, run-length encoded by their distances: a list of equal steps is as small as one step. */

/** Plain JSON, in seconds since the epoch. */
export interface PackedInstants {
  readonly first: number;
  /** So many instants more, each so many seconds after the one before. */
  readonly steps: readonly (readonly [seconds: number, count: number])[];
}

/** Packs rising instants, milliseconds since the epoch, on whole seconds; at least one. */
export function packInstants(instants: readonly number[]): PackedInstants {
  const steps: [number, number][] = [];
  for (let i = 1; i < instants.length; i++) {
    const seconds = ((instants[i] ?? 0) - (instants[i - 1] ?? 0)) / 1000;
    const last = steps.at(-1);
    if (last?.[0] === seconds) last[1] += 1;
    else steps.push([seconds, 1]);
  }
  return { first: (instants[0] ?? 0) / 1000, steps };
}

/** Milliseconds since the epoch. */
export function unpackInstants({ first, steps }: PackedInstants): number[] {
  const instants = [first * 1000];
  let at = first;
  for (const [seconds, count] of steps) {
    for (let i = 0; i < count; i++) {
      at += seconds;
      instants.push(at * 1000);
    }
  }
  return instants;
}

/** Milliseconds since the epoch as ISO 8601 in UTC, without a fraction when there is none. */
export function isoInstant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** The index of `at` in rising `values`, or undefined. */
export function indexIn(values: Float64Array, at: number): number | undefined {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return values[low] === at ? low : undefined;
}
