import { messageOf, PipelineError } from '../core/index.ts';

/** Whole milliseconds that one question to a server may take. */
const ANSWER_MS = 3_000;
const GRPC_NOT_FOUND = 5;

/** What a server says of itself. */
export interface ServerIdentity {
  /** One per database: kept in its file, and the same again after a restart on that file. */
  readonly clusterId: string;
  /** Whether the namespace that was asked for can be used. */
  readonly hasNamespace: boolean;
}

/**
 * Asks a server, over gRPC, who it is, and walks the way of a first workflow: the front end knows the namespace, and
 * the history service answers for it. Throws while any of that is not up yet. The port must accept connections already:
 * the client waits long for a closed one.
 */
export async function askServer(address: string, namespace: string): Promise<ServerIdentity> {
  const { Connection } = await loadClient();
  const connection = await Connection.connect({ address, connectTimeout: ANSWER_MS });
  try {
    return await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
      const service = connection.workflowService;
      const { clusterId } = await service.getClusterInfo({});
      const hasNamespace = await orNotFound(service.describeNamespace({ namespace }));
      // A workflow that does not exist is an answer too.
      if (hasNamespace) {
        await service.countWorkflowExecutions({ namespace });
        await orNotFound(
          service.describeWorkflowExecution({ namespace, execution: { workflowId: 'kedro-temporal-ready' } }),
        );
      }
      return { clusterId, hasNamespace };
    });
  } finally {
    await connection.close();
  }
}

async function orNotFound(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === GRPC_NOT_FOUND) return false;
    throw error;
  }
}

async function loadClient(): Promise<typeof import('@temporalio/client')> {
  try {
    return await import('@temporalio/client');
  } catch (error) {
    throw new PipelineError(
      'DEV_SERVER_FAILED',
      `The package @temporalio/client does not load (${messageOf(error)}). Install it: npm install @temporalio/client`,
      { cause: error },
    );
  }
}
