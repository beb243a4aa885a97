/**
 * A pipeline prepared for running: every dataset name has a slot, so a run is loops over arrays. Made once for a
 * combination of pipelines and filters, shared by all its runs, never changed.
 */
import { isParameter, type Node, type Pipeline } from '../pipeline/index.ts';

/** Where a name's value comes from: a parameter, this run's memory, or storage. */
export type SlotKind = 'parameter' | 'memory' | 'stored';

export interface Slot {
  readonly index: number;
  readonly name: string;
  readonly kind: SlotKind;
  /** Whether its value in memory is handed on as the catalog's entry says, and not simply by reference. */
  readonly isDeclared: boolean;
}

export interface Step {
  readonly node: Node;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  /** Whether it touches no storage and copies nothing. */
  readonly isInMemory: boolean;
  /** What no later step reads and nobody wants: memory, and what storage may hold of stored datasets. */
  readonly release: readonly Slot[];
}

export interface RunPlan {
  readonly pipeline: Pipeline;
  readonly slots: readonly Slot[];
  readonly slotOf: ReadonlyMap<string, Slot>;
  readonly steps: readonly Step[];
}

/** The question a plan asks about each dataset: is it kept in storage, or in the run's memory? */
export type IsStored = (dataset: string) => boolean;
/** And about one in memory: does its entry say how its value is handed on? */
export type IsDeclared = (dataset: string) => boolean;

/**
 * Plans `nodes` (a part of `pipeline`, in its order). `keep` are datasets to hold until the end; `given` are injected: a
 * node's own value for them is dropped.
 */
export function planRun(
  pipeline: Pipeline,
  nodes: readonly Node[],
  isStored: IsStored,
  keep: Set<string>,
  given: Set<string>,
  isDeclared: IsDeclared = () => false,
): RunPlan {
  const slotOf = new Map<string, Slot>();
  const slot = (name: string): Slot => {
    const known = slotOf.get(name);
    if (known !== undefined) return known;
    const kind = kindOf(name, given, isStored);
    const made = { index: slotOf.size, name, kind, isDeclared: kind === 'memory' && isDeclared(name) };
    slotOf.set(name, made);
    return made;
  };
  const steps = nodes.map((node) => ({
    node,
    inputs: node.inputs.names.map(slot),
    outputs: node.outputs.names.map(slot),
  }));
  for (const name of [...keep, ...given]) slot(name);
  const lastUse = lastUses(steps);
  return Object.freeze({
    pipeline,
    slotOf,
    slots: [...slotOf.values()],
    steps: steps.map((step, i) => {
      const used = [...new Set([...step.inputs, ...step.outputs])];
      const isDone = (each: Slot) => each.kind !== 'parameter' && lastUse.get(each.index) === i && !keep.has(each.name);
      const isInMemory = used.every((each) => each.kind !== 'stored' && !each.isDeclared);
      return { ...step, isInMemory, release: used.filter(isDone) };
    }),
  });
}

function kindOf(name: string, given: ReadonlySet<string>, isStored: IsStored): SlotKind {
  if (given.has(name)) return 'memory';
  if (isParameter(name)) return 'parameter';
  return isStored(name) ? 'stored' : 'memory';
}

function lastUses(steps: readonly { inputs: readonly Slot[]; outputs: readonly Slot[] }[]): Map<number, number> {
  const last = new Map<number, number>();
  for (const [i, step] of steps.entries()) {
    for (const slot of [...step.inputs, ...step.outputs]) last.set(slot.index, i);
  }
  return last;
}
