export { Cancellation } from './cancellation.ts';
export { runConcurrently } from './concurrent.ts';
export { type IsStored, planRun, type RunPlan, type Slot, type Step } from './plan.ts';
export { type RunContext, runContext, withRunContext } from './run-context.ts';
export { runSequentially } from './sequential.ts';
export type { RunState, RunStorage } from './step.ts';
