/** A session without a project: what each run does is said by a function, and every run is written down. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  cancelledBy,
  type LiveRun,
  PipelineError,
  type PipelineSession,
  type RunReport,
  type RunRequest,
} from '../../src/core/index.ts';

/** One call of `run`. */
export interface Attempt {
  key: string;
  request: RunRequest;
  resumed: boolean;
}

export interface MadeSession extends PipelineSession {
  readonly attempts: Attempt[];
  /** Most runs that were going on at once. */
  readonly most: number;
}

/** What a run does: returns outputs, or throws. `attempt` counts from 1. */
export type Work = (
  key: string,
  attempt: number,
  live: LiveRun,
  request: RunRequest,
) => Promise<object | undefined> | object | undefined;

/** Makes a session. `there`: keys whose outputs exist. */
export function madeSession(work: Work, there: ReadonlySet<string> = new Set()): MadeSession {
  const attempts: Attempt[] = [];
  const counts = { now: 0, most: 0 };
  const keyOf = (request: RunRequest) => String(request.runtimeParams?.interval_key);
  return {
    id: 'made',
    project: '/nowhere',
    attempts,
    get most() {
      return counts.most;
    },
    async run(request, live = {}) {
      const key = keyOf(request);
      attempts.push({ key, request, resumed: live.resume !== undefined });
      const attempt = attempts.filter((each) => each.request.runId === request.runId).length;
      counts.most = Math.max(counts.most, ++counts.now);
      try {
        await nextTurn();
        if (live.signal?.aborted === true) throw cancelledBy(live.signal.reason);
        return reportOf(request, (await work(key, attempt, live, request)) ?? {});
      } finally {
        counts.now--;
      }
    },
    async checkOutputs(request) {
      return there.has(keyOf(request)) ? { there: ['made'], missing: [] } : { there: [], missing: ['made'] };
    },
    describe: () => Promise.reject(new Error('not made')),
    preload: () => Promise.reject(new Error('not made')),
    releaseCache: () => Promise.reject(new Error('not made')),
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A failure that may pass, or that never will. */
export function failure(message: string, retryable: boolean): PipelineError {
  return new PipelineError('NODE_FAILED', message, { retryable });
}

function reportOf({ runId = '', saveVersion = '' }: RunRequest, outputs: object): RunReport {
  const [startedAt, durationMs] = ['2015-01-01T00:00:00.000Z', 0];
  return {
    runId,
    saveVersion,
    pipelines: [],
    startedAt,
    durationMs,
    nodes: [],
    outputs: outputs as RunReport['outputs'],
    references: {},
    saved: [],
  };
}
