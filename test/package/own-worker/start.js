/** Starts one of our workflows and one of yours, and prints what they return. */
import { Client, Connection } from '@temporalio/client';
import { createKedroClient } from 'kedro-temporal/client';

const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
const client = new Client({ connection });
const taskQueue = process.env.TASK_QUEUE ?? 'prices';

const kedro = createKedroClient(client, { taskQueue });
const report = await kedro.run({ pipelines: ['prices'], runtimeData: { prices: [1, 2, 3] } });
const said = await client.workflow.execute('priceList', {
  taskQueue,
  workflowId: `price-list-${Date.now()}`,
  args: [[10, 20]],
});
console.log(JSON.stringify({ total: report.outputs.total, said }));
await connection.close();
