/** What a reader of a job's list keeps when the server goes away in the middle of it. */
import type { Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { jobListing } from '../../src/client/listed-intervals.ts';

const SECOND = 1000;
const START = Date.UTC(2026, 0, 1);

// Of Temporal's WorkflowExecutionStatus: RUNNING, COMPLETED.
const RUNNING = 1;
const COMPLETED = 2;

function listed(key: string, status: number, at: number) {
  const time = { seconds: at / SECOND };
  return {
    execution: { workflowId: `weather/${key}`, runId: key },
    type: { name: 'runJob' },
    status,
    startTime: { seconds: START / SECOND },
    ...(status === RUNNING ? {} : { closeTime: time }),
  };
}

type Page = ReturnType<typeof listed>[] | 'away';

/** A client whose server answers each reading by these pages, and what it was asked. */
function clientOf(readings: Page[][]) {
  const queries: string[] = [];
  const pages = [...readings];
  let current: Page[] = [];
  const listWorkflowExecutions = async ({ query, nextPageToken }: { query: string; nextPageToken?: Uint8Array }) => {
    if (nextPageToken === undefined) {
      queries.push(query);
      current = [...(pages.shift() ?? [])];
    }
    const page = current.shift() ?? [];
    if (page === 'away') throw Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    return { executions: page, nextPageToken: new Uint8Array(current.length === 0 ? 0 : 1) };
  };
  const client = {
    options: { namespace: 'default' },
    withDeadline: async (_: number, ask: () => Promise<unknown>) => await ask(),
    workflowService: { listWorkflowExecutions },
  };
  return { client: client as unknown as Client, queries };
}

/** From when on a query asks, milliseconds since the epoch; undefined where it asks for all. */
function sinceOf(query: string | undefined): number | undefined {
  const since = /StartTime >= '([^']+)'/.exec(query ?? '')?.[1];
  return since === undefined ? undefined : Date.parse(since);
}

test('runs that ended are changed at the next whole reading, though the page after theirs failed', async () => {
  const both = [listed('a', RUNNING, START), listed('b', RUNNING, START)];
  const ended = { a: listed('a', COMPLETED, START + 60 * SECOND), b: listed('b', COMPLETED, START + 30 * SECOND) };
  const { client, queries } = clientOf([[both], [[ended.a], 'away'], [[ended.a], [ended.b]], [[]]]);
  const read = jobListing(client, 'kedro', 'weather');
  expect((await read()).changed).toBeUndefined();
  await expect(read()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  const { changed, runs } = await read();
  expect([...(changed ?? [])].sort()).toEqual(['a', 'b']);
  expect([runs.get('a')?.state, runs.get('b')?.state]).toEqual(['succeeded', 'succeeded']);
  // What the failed reading had seen of the first page is no reason to leave out what is on the second.
  expect(sinceOf(queries[2])).toBe(sinceOf(queries[1]));
  expect([...((await read()).changed ?? [])]).toEqual([]);
});

test('the first reading is begun again where it failed in the middle', async () => {
  const ended = [listed('a', COMPLETED, START + 60 * SECOND), listed('b', COMPLETED, START + 30 * SECOND)];
  const { client, queries } = clientOf([[ended.slice(0, 1), 'away'], [ended]]);
  const read = jobListing(client, 'kedro', 'weather');
  await expect(read()).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  const { changed, runs } = await read();
  expect(sinceOf(queries[1])).toBeUndefined();
  expect(changed).toBeUndefined();
  expect([...runs.keys()]).toEqual(['a', 'b']);
});

test('a run of something else under an id that a job would give is no run of an interval', async () => {
  const others = ['runPipeline', 'scheduledRun', 'payment'].map((name, day) => ({
    ...listed(`2026-01-0${day + 2}`, COMPLETED, START + SECOND),
    type: { name },
  }));
  const { client } = clientOf([[[listed('2026-01-01', COMPLETED, START + SECOND), ...others]]]);
  expect([...(await jobListing(client, 'queue', 'weather')()).runs.keys()]).toEqual(['2026-01-01']);
});
