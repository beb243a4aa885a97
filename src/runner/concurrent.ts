/**
 * Ready nodes side by side.
 *
 * 1. A node starts when every node that makes one of its inputs has ended and kept what it made; of those that are ready the
 *    first of the plan starts first.
 * 2. At most `limit` nodes run at a time.
 * 3. After the first failure no node starts. Those that run go on to their end and keep what they make, as under Kedro's
 *    ThreadRunner: a retry need not do them again. A cancel ends their waits at once.
 * 4. The run ends when no node runs any more, so nothing is saved after its error is known.
 */
import { isPipelineError, type NodeReport, type RunEvent } from '../core/index.ts';
import { dependenciesOf, usersOf } from './dependencies.ts';
import type { RunPlan, Step } from './plan.ts';
import { type RunState, runStep } from './step.ts';

/** Runs the steps of a plan, up to `limit` at a time. The reports are in the plan's order. */
export function runConcurrently(
  plan: RunPlan,
  given: RunState,
  limit: number,
  onEvent?: (event: RunEvent) => void,
): Promise<NodeReport[]> {
  const state: RunState = { ...given, users: usersOf(plan) };
  const { needs, next } = dependenciesOf(plan, given.given);
  const ready = [...plan.steps.keys()].filter((index) => needs[index] === 0);
  const reports: NodeReport[] = [];
  const failures: unknown[] = [];
  let active = 0;

  const run = (index: number): Promise<void> | undefined => {
    const step = plan.steps[index] as Step;
    const { name } = step.node;
    const at = Date.now();
    onEvent?.({ type: 'node-started', at, node: name });
    const startedAt = performance.now();
    const finish = () => {
      const durationMs = performance.now() - startedAt;
      onEvent?.({ type: 'node-finished', at: Date.now(), node: name, durationMs });
      reports[index] = { name, status: 'done', at, durationMs };
      for (const user of next[index] as number[]) {
        if (--(needs[user] as number) === 0) insertSorted(ready, user);
      }
    };
    const running = runStep(step, state);
    if (running === undefined) finish();
    return running?.then(finish);
  };

  const start = (onSettled: () => void): void => {
    try {
      state.cancellation.throwIfCancelled();
      const running = run(ready.shift() as number);
      if (running === undefined) return;
      active++;
      void running
        .catch((error: unknown) => failures.push(error))
        .then(() => {
          active--;
          onSettled();
        });
    } catch (error) {
      failures.push(error);
    }
  };

  return new Promise((resolve, reject) => {
    const goOn = () => {
      while (active < limit && ready.length > 0 && failures.length === 0) start(goOn);
      if (active > 0) return;
      // A cancel that came while the last ones worked counts too, with or without a failure among them.
      if (state.cancellation.isCancelled) reject(state.cancellation.signal.reason);
      else if (failures.length > 0) reject(firstOf(failures));
      else resolve(reports);
    };
    goOn();
  });
}

/** The first failure; it names the nodes that failed while the run was ending, as `alsoFailed` in its details. */
function firstOf([first, ...others]: readonly unknown[]): unknown {
  const names = others.flatMap((error) => (isPipelineError(error) && error.details.node) || []);
  if (isPipelineError(first) && names.length > 0) first.details.alsoFailed = names.map(String);
  return first;
}

function insertSorted(ready: number[], index: number): void {
  let at = ready.length;
  while (at > 0 && (ready[at - 1] as number) > index) at--;
  ready.splice(at, 0, index);
}
