/**
 * What is left to do: a retried attempt goes on where the last one stopped, and `onlyMissingOutputs` leaves out what is there.
 */
import type { LiveRun, RunRequest } from '../core/index.ts';
import { type Node, nodesToRun } from '../pipeline/index.ts';
import { planRun } from '../runner/index.ts';
import type { ProjectCatalog } from './catalog.ts';
import type { PreparedRun } from './plans.ts';
import type { NativeStorage } from './storage.ts';

export interface Attempt {
  readonly prepared: PreparedRun;
  readonly skipped: readonly Node[];
}

/** The part of `prepared` that this attempt must run; all of it for most. */
export async function planAttempt(
  prepared: PreparedRun,
  catalog: ProjectCatalog,
  storage: NativeStorage,
  request: RunRequest,
  resume: LiveRun['resume'],
): Promise<Attempt> {
  const onlyMissing = request.onlyMissingOutputs === true;
  const { done: finished = [], saved = [] } = resume ?? {};
  if (!onlyMissing && finished.length === 0 && saved.length === 0) return { prepared, skipped: [] };
  const { plan, outputs, given } = prepared;
  const all = plan.steps.map((step) => step.node);
  const done = new Set<Node>();
  const available = new Set<string>();
  for (const node of all) {
    const stored = node.outputs.names.filter((name) => plan.slotOf.get(name)?.kind === 'stored');
    if (!(await areThere(stored, onlyMissing ? storage.exists : storage.isSaved))) continue;
    for (const name of stored) available.add(name);
    // Under onlyMissingOutputs a node that stores nothing runs only for those who need its value.
    // On a retry, outputs that are all saved tell too: the last heartbeat may have come before the node's end.
    const isDone = onlyMissing ? node.outputs.names.length > 0 : stored.length > 0 || finished.includes(node.name);
    if (isDone) done.add(node);
  }
  const running = nodesToRun(all, {
    isDone: (node) => done.has(node),
    isAvailable: (name) => available.has(name) || given.has(name),
    wanted: outputs,
  });
  const left = all.filter((node) => running.has(node));
  const reduced = planRun(plan.pipeline, left, catalog.isStored, new Set(outputs), new Set(given), catalog.isDeclared);
  return { prepared: { ...prepared, plan: reduced }, skipped: all.filter((node) => !running.has(node)) };
}

async function areThere(names: readonly string[], isThere: (name: string) => Promise<boolean>): Promise<boolean> {
  for (const name of names) {
    if (!(await isThere(name))) return false;
  }
  return true;
}
