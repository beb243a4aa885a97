/** Workflows in the server's list. */
import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { PipelineError } from '../core/index.ts';
import { millisOf } from './history-words.ts';
import { reached } from './server-calls.ts';

/** One execution. */
export interface Execution {
  workflowId: string;
  /** Temporal's own id of it. */
  runId: string;
  type: string;
  status: ExecutionStatus;
  startTime: Date;
  closeTime?: Date;
  /** The workflow that started it. */
  parent?: { workflowId: string; runId: string };
}

const STATUSES = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
] as const;

export type ExecutionStatus = (typeof STATUSES)[number];

/** As the server sends it. */
type Sent = NonNullable<Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions']>[number];

const MOST_IN_PAGE = 1000;

/**
 * The newest execution of each id that the server lists for a query, newest first, at most `most` of them: those that run, then
 * those that have ended last. Throws `SERVER_UNREACHABLE`.
 */
export async function newestExecutions(client: Client, query: string, most: number): Promise<Execution[]> {
  const byId = new Map<string, Execution>();
  for await (const page of executionPages(client, query, Math.min(most, MOST_IN_PAGE))) {
    for (const each of page) {
      const known = byId.get(each.workflowId);
      if (known === undefined ? byId.size < most : known.startTime < each.startTime) byId.set(each.workflowId, each);
    }
    if (byId.size >= most) break;
  }
  return [...byId.values()].sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
}

/** The executions of a query, page by page. Throws `SERVER_UNREACHABLE`. */
export async function* executionPages(
  client: Client,
  query: string,
  pageSize = MOST_IN_PAGE,
): AsyncGenerator<Execution[], void, undefined> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  do {
    // By itself, so that a long list has as long as it needs, and a server that is away is noticed at once.
    const about = { namespace, query, pageSize, ...(nextPageToken === undefined ? {} : { nextPageToken }) };
    const page = await reached(client, () => client.workflowService.listWorkflowExecutions(about));
    yield (page.executions ?? []).map(executionOf);
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken !== undefined);
}

/** The backfill or sweep of an id. Throws `RUN_NOT_FOUND`, also for a workflow of another type, and `SERVER_UNREACHABLE`. */
export async function executionOfType(client: Client, id: string, type: 'backfill' | 'sweep'): Promise<Execution> {
  const who = type === 'backfill' ? 'Backfill' : 'Sweep';
  const unknown = (cause?: unknown) =>
    new PipelineError('RUN_NOT_FOUND', `${who} "${id}" is not known to the server; check the id and the namespace.`, {
      ...(cause === undefined ? {} : { cause }),
      details: { id },
    });
  try {
    const execution = executionIn(await reached(client, () => client.workflow.getHandle(id).describe()));
    if (execution.type === type) return execution;
    throw unknown();
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? unknown(error) : error;
  }
}

function executionIn({ raw }: WorkflowExecutionDescription): Execution {
  return executionOf(raw.workflowExecutionInfo ?? {});
}

/** A value in a query of the server's list. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function executionOf({ execution, type, status, startTime, closeTime, parentExecution }: Sent): Execution {
  const closed = millisOf(closeTime);
  return {
    workflowId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
    type: type?.name ?? '',
    status: STATUSES[status ?? 0] ?? 'UNSPECIFIED',
    startTime: new Date(millisOf(startTime) ?? 0),
    ...(closed === undefined ? {} : { closeTime: new Date(closed) }),
    ...(parentExecution?.workflowId
      ? { parent: { workflowId: parentExecution.workflowId, runId: parentExecution.runId ?? '' } }
      : {}),
  };
}
