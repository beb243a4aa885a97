/** What a plan's order is made of: which steps wait for which, and how many still need a value. */
import type { RunPlan, Slot, Step } from './plan.ts';

export interface Dependencies {
  /** How many steps each step waits for. */
  readonly needs: Int32Array;
  /** The steps that wait for each step. */
  readonly next: readonly number[][];
}

/** Who waits for whom; nobody waits for the maker of a value that is `given`. Made per run: a runner counts `needs` down. */
export function dependenciesOf(plan: RunPlan, given: ReadonlySet<string>): Dependencies {
  const needs = new Int32Array(plan.steps.length);
  const next: number[][] = plan.steps.map(() => []);
  const makers = new Map<string, number>();
  for (const [index, step] of plan.steps.entries()) {
    for (const slot of step.outputs) makers.set(storedName(slot), index);
  }
  for (const [index, step] of plan.steps.entries()) {
    const waitsFor = new Set<number>();
    for (const slot of step.inputs) {
      const maker = given.has(slot.name) ? undefined : makers.get(storedName(slot));
      if (maker !== undefined && maker !== index) waitsFor.add(maker);
    }
    needs[index] = waitsFor.size;
    for (const maker of waitsFor) (next[maker] as number[]).push(index);
  }
  return { needs, next };
}

const NEVER_UNUSED = 2 ** 30;

/** How many steps use each slot that may be let go after its last use; a very high number for the others. */
export function usersOf(plan: RunPlan): Int32Array {
  const users = new Int32Array(plan.slots.length).fill(NEVER_UNUSED);
  for (const step of plan.steps) for (const slot of step.release) users[slot.index] = 0;
  for (const step of plan.steps) {
    for (const slot of usedBy(step)) (users[slot.index] as number)++;
  }
  return users;
}

/** Calls `letGo` for what no other step needs. */
export function releaseUnused(step: Step, users: Int32Array, letGo: (slot: Slot) => void): void {
  for (const slot of usedBy(step)) {
    if (--(users[slot.index] as number) === 0) letGo(slot);
  }
}

function usedBy(step: Step): Set<Slot> {
  return new Set([...step.inputs, ...step.outputs]);
}

// Names that differ behind an @ are one dataset, read and written in two ways.
function storedName({ name }: Slot): string {
  return name.split('@', 1)[0] as string;
}
