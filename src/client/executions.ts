/** Workflows in the server's list. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { reached } from './server-calls.ts';

// A listing of 10,000 workflows takes many pages.
const LIST_MS = 30_000;

/**
 * The newest execution of each id that the server lists for a query, newest first, at most `most` of them: those that run, then
 * those that have ended last. Throws `SERVER_UNREACHABLE`.
 */
export async function newestExecutions(client: Client, query: string, most: number): Promise<WorkflowExecutionInfo[]> {
  const byId = new Map<string, WorkflowExecutionInfo>();
  await eachExecution(client, query, Math.min(most, 1000), (each) => {
    const known = byId.get(each.workflowId);
    if (known === undefined || known.startTime < each.startTime) byId.set(each.workflowId, each);
    return byId.size < most;
  });
  return [...byId.values()].sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
}

/** Calls `take` for each execution of a query, until it answers false. Throws `SERVER_UNREACHABLE`. */
export async function eachExecution(
  client: Client,
  query: string,
  pageSize: number,
  take: (execution: WorkflowExecutionInfo) => boolean,
): Promise<void> {
  await reached(
    client,
    async () => {
      for await (const each of client.workflow.list({ query, pageSize })) if (!take(each)) return;
    },
    LIST_MS,
  );
}

/** A value in a query of the server's list. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
