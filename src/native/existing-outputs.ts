import type { OutputsReport, RunRequest } from '../core/index.ts';
import { Cancellation } from '../runner/index.ts';
import type { PreparedRun } from './plans.ts';
import type { Project } from './project.ts';
import { runStorage } from './storage.ts';

/** Which of the persisted datasets that the run would save are there. */
export async function checkOutputs(
  { catalog, warm, settings }: Project,
  { plan, given }: PreparedRun,
  request: RunRequest,
): Promise<OutputsReport> {
  const names = plan.steps.flatMap(({ node }) => node.outputs.names);
  const stored = names.filter((name) => plan.slotOf.get(name)?.kind === 'stored' && !given.has(name));
  const storage = runStorage({
    catalog,
    warm,
    cancellation: new Cancellation(),
    fill: { runtimeParams: request.runtimeParams ?? {}, allowUnsafeParams: settings.allowUnsafeParams },
    saveVersion: '',
    loadVersions: {},
    savedBefore: undefined,
  });
  storage.open(stored);
  const report: OutputsReport = { there: [], missing: [] };
  for (const name of stored) report[(await storage.exists(name)) ? 'there' : 'missing'].push(name);
  return report;
}
