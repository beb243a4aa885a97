/** A Worker of your own: your workflows and activities, and one plugin that lets it run pipelines. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { openNativeSession } from 'kedro-temporal';
import { KedroPlugin } from 'kedro-temporal/plugin';
import * as activities from './activities.js';

const project = fileURLToPath(new URL('.', import.meta.url));
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? 'localhost:7233' });
const worker = await Worker.create({
  connection,
  taskQueue: process.env.TASK_QUEUE ?? 'prices',
  workflowsPath: fileURLToPath(new URL('./workflows.js', import.meta.url)),
  activities,
  plugins: [new KedroPlugin({ session: () => openNativeSession({ project }) })],
});
await worker.run();
await connection.close();
