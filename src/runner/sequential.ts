import type { NodeReport, RunEvent } from '../core/index.ts';
import type { RunPlan } from './plan.ts';
import { type RunState, runStep } from './step.ts';

/** Runs the steps of a plan one after the other; a cancel is seen before and after each step and while one waits. */
export async function runSequentially(
  plan: RunPlan,
  state: RunState,
  onEvent?: (event: RunEvent) => void,
): Promise<NodeReport[]> {
  const reports: NodeReport[] = [];
  for (const step of plan.steps) {
    state.cancellation.throwIfCancelled();
    const name = step.node.name;
    const at = Date.now();
    onEvent?.({ type: 'node-started', at, node: name });
    const start = performance.now();
    const running = runStep(step, state);
    if (running !== undefined) await running;
    const durationMs = performance.now() - start;
    onEvent?.({ type: 'node-finished', at: Date.now(), node: name, durationMs });
    reports.push({ name, status: 'done', at, durationMs });
  }
  // Also a cancel that came while the last one worked.
  state.cancellation.throwIfCancelled();
  return reports;
}
