/**
 * A pool of places that runs of any job share: at most so many at once, those with the lower priority key first, else in the
 * order in which they came.
 *
 * 1. A place belongs to one execution, from its grant to its release. One that ended without a release (it was terminated,
 *    say) loses its place when others wait: they are looked at every half minute.
 * 2. The workflow ends when nobody has had or wanted a place for a minute; the next request starts it again.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { KedroActivities } from '../activities/index.ts';

/** The argument of {@link pool}. */
export interface PoolInput {
  /** How many places there are; the newest request's word counts. */
  size: number;
  /** Carried from one execution to the next; leave out. */
  state?: PoolState;
}

/** Who has a place, and who waits for one. */
export interface PoolState {
  size: number;
  holders: PoolRequest[];
  waiting: PoolRequest[];
}

/** An execution that wants a place. */
export interface PoolRequest {
  workflowId: string;
  runId: string;
  /** 1 goes first. */
  priorityKey: number;
}

export const poolRequestSignal = defineSignal<[request: PoolRequest, size: number]>('request');

export const poolReleaseSignal = defineSignal<[runId: string]>('release');

/** To whom a place is given. */
export const poolGrantSignal = defineSignal('poolGranted');

/** Answers with a {@link PoolState}. */
export const poolStateQuery = defineQuery<PoolState>('state');

const LOOK_EVERY = '30 seconds';
const IDLE = '1 minute';

/** Gives places until nobody wants one. */
export async function pool(input: PoolInput): Promise<void> {
  const state: PoolState = input.state ?? { size: input.size, holders: [], waiting: [] };
  let changes = 0;
  setHandler(poolStateQuery, () => state);
  setHandler(poolRequestSignal, (request, size) => {
    state.size = size;
    const isKnown = [...state.holders, ...state.waiting].some(({ runId }) => runId === request.runId);
    if (!isKnown) state.waiting.push(request);
    changes++;
  });
  setHandler(poolReleaseSignal, (runId) => {
    leave(state, new Set([runId]));
    changes++;
  });
  for (;;) {
    await grant(state);
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof pool>({ size: state.size, state });
    }
    const isIdle = state.holders.length === 0 && state.waiting.length === 0;
    const seen = changes;
    const hasChanged = await condition(() => changes !== seen, isIdle ? IDLE : LOOK_EVERY);
    if (hasChanged) continue;
    if (isIdle) return;
    if (state.waiting.length > 0) await dropEnded(state);
  }
}

/** Runs `work` in a place of the pool, and gives the place back however it ends. */
export async function inPool<T>(
  { name, size }: { name: string; size: number },
  priorityKey: number,
  work: () => Promise<T>,
): Promise<T> {
  const { workflowId, runId } = workflowInfo();
  let isGranted = false;
  setHandler(poolGrantSignal, () => {
    isGranted = true;
  });
  const local = proxyLocalActivities<KedroActivities>({ startToCloseTimeout: '10 seconds' });
  try {
    await local['kedro.requestPlace']({ pool: name, size, request: { workflowId, runId, priorityKey } });
    await condition(() => isGranted);
    return await work();
  } finally {
    await CancellationScope.nonCancellable(async () => {
      // A pool that has ended has nothing to take back.
      await getExternalWorkflowHandle(poolId(name))
        .signal(poolReleaseSignal, runId)
        .catch(() => {});
    });
  }
}

/** The workflow id of a pool. */
export function poolId(name: string): string {
  return `pool/${name}`;
}

async function grant(state: PoolState): Promise<void> {
  while (state.holders.length < state.size && state.waiting.length > 0) {
    const first = Math.min(...state.waiting.map(({ priorityKey }) => priorityKey));
    const [next] = state.waiting.splice(
      state.waiting.findIndex(({ priorityKey }) => priorityKey === first),
      1,
    );
    if (next === undefined) return;
    state.holders.push(next);
    try {
      await getExternalWorkflowHandle(next.workflowId, next.runId).signal(poolGrantSignal);
    } catch {
      // It has ended meanwhile.
      leave(state, new Set([next.runId]));
    }
  }
}

async function dropEnded(state: PoolState): Promise<void> {
  const activities = proxyActivities<KedroActivities>({ startToCloseTimeout: '30 seconds' });
  const ended = await activities['kedro.endedRuns']({ runs: [...state.holders, ...state.waiting] });
  leave(state, new Set(ended));
}

function leave(state: PoolState, runIds: ReadonlySet<string>): void {
  state.holders = state.holders.filter(({ runId }) => !runIds.has(runId));
  state.waiting = state.waiting.filter(({ runId }) => !runIds.has(runId));
}
