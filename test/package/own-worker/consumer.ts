/** What a TypeScript project of yours sees: every door has its types, and they refuse what is wrong. */
import type { Client } from '@temporalio/client';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { node, openNativeSession, type PipelineSession, pipeline, type RunReport } from 'kedro-temporal';
import { createActivities, type KedroActivities } from 'kedro-temporal/activities';
import { type BackfillHandle, createKedroClient } from 'kedro-temporal/client';
import { type DevServer, openDevServer } from 'kedro-temporal/dev';
import { KedroPlugin } from 'kedro-temporal/plugin';
import { type BackfillReport, backfill, runPipeline } from 'kedro-temporal/workflows';

export const session: Promise<PipelineSession> = openNativeSession({ project: '.' });
export const activities: KedroActivities = createActivities(await session);
export const options: Partial<WorkerOptions> = {
  plugins: [new KedroPlugin({ session: () => session, preload: ['model'] })],
};
export const server: Promise<DevServer> = openDevServer({ ui: false });
export const twice = node((x: number) => 2 * x, { inputs: 'params:x', outputs: 'y' });
export const twos = pipeline([twice], { tags: 'daily' });
export const workflows = { runPipeline, backfill };

export async function year(client: Client): Promise<BackfillReport> {
  const kedro = createKedroClient(client);
  const report: RunReport = await kedro.run({ pipelines: ['prices'], runtimeParams: { day: '2015-01-01' } });
  const handle: BackfillHandle = await kedro.startBackfill({ job: report.runId, from: '2015', to: '2016' });
  // @ts-expect-error: a job is not optional.
  await kedro.startBackfill({ from: '2015', to: '2016' });
  // @ts-expect-error: no such field.
  await kedro.run({ pipeline: 'prices' });
  return await handle.result();
}

export function stop(worker: Worker): void {
  worker.shutdown();
}
