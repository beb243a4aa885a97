/** How the console reaches what it answers about: durable work, and the session's description of the project. */
import { createKedroClient, createKedroViews, type KedroClient, type KedroViews } from '../../client/index.ts';
import { isPipelineError, PipelineError, type PipelineSession, type ProjectDescription } from '../../core/index.ts';
import type { TemporalAccess } from '../options.ts';

/** The ways to durable work. */
export interface Durable extends TemporalAccess {
  kedro: KedroClient;
  views: KedroViews;
}

const DESCRIBED_MS = 30_000;
const ABOUT_MS = 2_000;
const WORKERS_MS = 20_000;

/** Makes the ways; they connect to nothing by themselves. */
export function durableOf({ client, taskQueue, ...more }: TemporalAccess): Durable {
  const kedro = createKedroClient(client, { taskQueue });
  return { client, taskQueue, ...more, kedro, views: createKedroViews(client, { taskQueue }) };
}

/** Throws `SERVER_UNREACHABLE`. */
export function noTemporal(): never {
  throw new PipelineError('SERVER_UNREACHABLE', 'This endpoint was started without Temporal: it has no durable work.', {
    retryable: false,
  });
}

/** Whether the server answers, soon. */
export async function isThere({ client, views }: Durable): Promise<boolean> {
  const ask = () => client.workflowService.getSystemInfo({});
  return await views.reached(ask, ABOUT_MS).then(
    () => true,
    () => false,
  );
}

/** The workers of the task queue; that nobody is there is an answer, not a failure. */
export async function workersOf({ client, kedro, views: { reached } }: Durable) {
  // Workers may take their time; whether the server is there is known at once.
  await reached(() => client.workflowService.getSystemInfo({}));
  try {
    return await reached(() => kedro.workers({ patience: '3 seconds', timeout: '10 seconds' }), WORKERS_MS);
  } catch (error) {
    if (isPipelineError(error) && error.code === 'WORKER_UNREACHABLE') return [];
    throw error;
  }
}

/** What the session says of the project, asked again after a while; undefined where it cannot say. */
export function descriptionReader(session: PipelineSession | undefined): () => Promise<ProjectDescription | undefined> {
  let known: Promise<ProjectDescription | undefined> | undefined;
  let readAt = 0;
  return async () => {
    if (known === undefined || Date.now() - readAt > DESCRIBED_MS) {
      readAt = Date.now();
      known = session?.describe().catch(() => undefined);
    }
    return await known;
  };
}
