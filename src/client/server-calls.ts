/** Questions to the server that have an end: within a few seconds an answer, or an error that says what is away. */
import { type Client, QueryNotRegisteredError, QueryRejectedError, WorkflowNotFoundError } from '@temporalio/client';
import { PipelineError } from '../core/index.ts';

/** How long the server may take. It answers from its own database. */
const SERVER_MS = 5_000;

/** How long a worker may take to answer a query: it may be busy, or have to read a long history first. */
const QUERY_MS = 6_000;

// Of gRPC: DEADLINE_EXCEEDED, UNAVAILABLE.
const DEADLINE = 4;
const AWAY: readonly unknown[] = [DEADLINE, 14];

/**
 * Asks the server, for at most `mostMs`, 5 seconds by default. Throws `SERVER_UNREACHABLE` where it does not answer, and what
 * `ask` throws.
 */
export async function reached<T>(client: Client, ask: () => Promise<T>, mostMs = SERVER_MS): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + mostMs, ask);
  } catch (error) {
    if (!AWAY.includes(grpcCodeOf(error)) && !isUnconnected(error)) throw error;
    const message = `The Temporal server does not answer (namespace "${client.options.namespace}"). Is it running, and is its address right?`;
    throw new PipelineError('SERVER_UNREACHABLE', message, { cause: error });
  }
}

/**
 * Asks a workflow, which needs a worker. Undefined where none answers in time, or the workflow has no answer. Throws as
 * {@link reached} does.
 */
export async function askedWorkflow<T>(
  client: Client,
  execution: { workflowId: string; runId?: string },
  query: string,
): Promise<T | undefined> {
  const handle = client.workflow.getHandle(execution.workflowId, execution.runId);
  try {
    return await client.withDeadline(Date.now() + QUERY_MS, () => handle.query<T, []>(query));
  } catch (error) {
    // Whether it is the server that is away, the next question to it tells.
    if (grpcCodeOf(error) === DEADLINE || isNoAnswer(error)) return undefined;
    return await reached(client, () => Promise.reject(error));
  }
}

// A lazy connection that was never made.
function isUnconnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.startsWith('Failed to connect before the deadline') || isUnconnected(error.cause);
}

function isNoAnswer(error: unknown): boolean {
  // FAILED_PRECONDITION: the workflow has had no task yet.
  const isRefused = error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError;
  return isRefused || error instanceof WorkflowNotFoundError || grpcCodeOf(error) === 9;
}

function grpcCodeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : grpcCodeOf(error.cause);
}
