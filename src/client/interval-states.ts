/**
 * The state of every interval of a plan, from two sources: the newest run of each, and what backfills say.
 *
 * 1. A backfill knows why, and of intervals that had no workflow of their own; its word holds for runs that it has started and
 *    for older ones.
 * 2. A run that somebody else started after the backfill did is newer than the backfill's word.
 * 3. Of several backfills the one that started last is heard first. That it left an interval out because of another run is no
 *    state of the interval, unless nothing else is known of it.
 */
import {
  END_STATES,
  type EndState,
  type FrozenPlan,
  type IndexSet,
  indexesOf,
  indexOfKey,
  intervalAt,
} from '../planner/index.ts';
import type { BackfillStanding } from './backfill-reader.ts';

/** The newest run of an interval, as the server lists it. */
export interface ListedInterval {
  /** When it started, milliseconds since the epoch. */
  at: number;
  state: Exclude<EndState, 'skipped'> | 'running';
  reason: string;
  /** Workflow that started it. */
  parent?: string;
}

/** State → reason → indexes of the plan; those in none are to come. */
export type StateSets = Record<EndState, Record<string, IndexSet>> & { running: IndexSet };

interface Word {
  state: EndState | 'running';
  reason: string;
  /** When its backfill started, milliseconds since the epoch. */
  at: number;
  by: string;
}

const LEFT_ALONE: readonly string[] = ['COMPLETED', 'FAILED_BEFORE', 'RUNNING_ELSEWHERE'];

/** The states. `runs` by index; `backfills` newest first. */
export function statesOf(
  plan: FrozenPlan,
  runs: readonly (ListedInterval | undefined)[],
  backfills: readonly BackfillStanding[],
): StateSets {
  const words = new Array<Word | undefined>(plan.count);
  const weak = new Array<Word | undefined>(plan.count);
  for (const backfill of backfills) hear(plan, backfill, words, weak);
  const sets = new SetsBuilder();
  for (let index = 0; index < plan.count; index++) {
    const chosen = choose(runs[index], words[index]) ?? weak[index];
    if (chosen !== undefined) sets.add(index, chosen.state, chosen.reason);
  }
  return sets.sets;
}

function choose(run: ListedInterval | undefined, word: Word | undefined): ListedInterval | Word | undefined {
  if (run === undefined || word === undefined) return run ?? word;
  return run.parent !== word.by && run.at > word.at ? run : word;
}

function hear(
  plan: FrozenPlan,
  backfill: BackfillStanding,
  words: (Word | undefined)[],
  weak: (Word | undefined)[],
): void {
  const { id: by, outcomes } = backfill;
  const at = Date.parse(backfill.startedAt);
  const place = placesOf(backfill.plan, plan);
  const put = (into: (Word | undefined)[], set: IndexSet, state: Word['state'], reason: string) => {
    const word = { state, reason, at, by };
    for (const index of indexesOf(set)) {
      const here = place(index);
      if (here !== undefined && here >= 0 && here < plan.count) into[here] ??= word;
    }
  };
  put(words, backfill.running, 'running', '');
  for (const state of END_STATES) {
    for (const [reason, set] of Object.entries(outcomes[state])) {
      put(state === 'skipped' && LEFT_ALONE.includes(reason) ? weak : words, set, state, reason);
    }
  }
}

/** Where the indexes of one plan are in another. Plans of one rule differ by where they begin. */
function placesOf(from: FrozenPlan, to: FrozenPlan): (index: number) => number | undefined {
  if (from.hash === to.hash) return (index) => index;
  const ends = [0, from.count - 1] as const;
  const [first, last] = ends.map((index) => indexOfKey(to, intervalAt(from, index).key));
  if (first !== undefined && last !== undefined && last - first === from.count - 1) return (index) => index + first;
  return (index) => indexOfKey(to, intervalAt(from, index).key);
}

class SetsBuilder {
  readonly sets: StateSets = { succeeded: {}, failed: {}, skipped: {}, cancelled: {}, running: [] };
  readonly #runs = new Map<string, [number, number][]>();

  /** Indexes come in rising order. */
  add(index: number, state: Word['state'], reason: string): void {
    const name = `${state} ${reason}`;
    let runs = this.#runs.get(name);
    if (runs === undefined) {
      runs = [];
      this.#runs.set(name, runs);
      if (state === 'running') this.sets.running = runs;
      else this.sets[state][reason] = runs;
    }
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index) last[1] = index + 1;
    else runs.push([index, index + 1]);
  }
}
