/** The states of a job's intervals as one number each, so that two pictures of 10,000 are compared in no time. */
import { type IndexSet, sizeOf } from '../../planner/index.ts';
import type { IntervalStates } from '../../server/index.ts';

export const STATES = ['succeeded', 'failed', 'running', 'skipped', 'cancelled', 'to-come'] as const;

export type CellState = (typeof STATES)[number];

const WORDS: Record<CellState, string> = {
  'to-come': 'to come',
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

export function stateWord(state: CellState): string {
  return WORDS[state];
}

/** A state with its reason. */
export interface Standing {
  state: CellState;
  reason: string;
}

const TO_COME: Standing = { state: 'to-come', reason: '' };

/** Numbers standings as they come, the same one always alike. One to come is 0. */
export class Standings {
  readonly #all: Standing[] = [TO_COME];
  readonly #codes = new Map<string, number>();

  at(code: number): Standing {
    return this.#all[code] ?? TO_COME;
  }

  /** The number of each interval's standing. */
  codesOf(states: IntervalStates, size: number): Uint16Array {
    const codes = new Uint16Array(size);
    for (const state of ['succeeded', 'failed', 'skipped', 'cancelled'] as const) {
      for (const [reason, set] of Object.entries(states[state])) fill(codes, set, this.#code({ state, reason }));
    }
    fill(codes, states.running, this.#code({ state: 'running', reason: '' }));
    return codes;
  }

  #code(standing: Standing): number {
    const name = `${standing.state}/${standing.reason}`;
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    this.#codes.set(name, this.#all.length);
    return this.#all.push(standing) - 1;
  }
}

function fill(codes: Uint16Array, set: IndexSet, code: number): void {
  for (const [from, to] of set) codes.fill(code, from, to);
}

/** How many intervals are in each state. */
export function countsOf(states: IntervalStates, size: number): Record<CellState, number> {
  const sum = (sets: Record<string, IndexSet>) => Object.values(sets).reduce((all, set) => all + sizeOf(set), 0);
  const counts = {
    running: sizeOf(states.running),
    succeeded: sum(states.succeeded),
    failed: sum(states.failed),
    skipped: sum(states.skipped),
    cancelled: sum(states.cancelled),
  };
  const others = Object.values(counts).reduce((all, each) => all + each, 0);
  return { 'to-come': Math.max(0, size - others), ...counts };
}

/** `failed, NODE_FAILED`; a success needs no reason, it has run. */
export function standingWords({ state, reason }: Standing): string {
  return reason === '' || reason === 'RAN' ? stateWord(state) : `${stateWord(state)}, ${reason}`;
}
