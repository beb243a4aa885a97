/** Everything the Worker can execute: our workflows and one of yours, which runs a pipeline as one of its steps. */
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { runPipeline } from 'kedro-temporal/workflows';

export * from 'kedro-temporal/workflows';

const { tellTeam } = proxyActivities({ startToCloseTimeout: '1 minute' });

export async function priceList(prices) {
  const report = await executeChild(runPipeline, {
    workflowId: `${workflowInfo().workflowId}/prices`,
    args: [{ request: { pipelines: ['prices'], runtimeData: { prices } } }],
  });
  return await tellTeam(report.outputs.total);
}
