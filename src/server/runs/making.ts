/** Makes a run that was asked for, in the way that was asked for, and says how it went. */
import type { FastifyReply } from 'fastify';
import { isPipelineError, PipelineError } from '../../core/index.ts';
import type { Allowance } from '../access/allow.ts';
import { shownResults } from '../access/shown-run.ts';
import type { ResolvedServerOptions, RunMode } from '../options.ts';
import type { RunAnswer } from '../run-api.ts';
import { doneAnswer, failedAnswer } from './answers.ts';
import type { DirectRuns } from './direct-runs.ts';
import type { DurableRuns } from './durable-runs.ts';
import { checkNoJobId } from './job-ids.ts';
import type { RunCall } from './run-call.ts';

/** Where runs are made. */
export interface RunPlaces {
  readonly direct: DirectRuns | undefined;
  readonly durable: DurableRuns | undefined;
  /** Fires when the endpoint waits for nothing any longer. */
  readonly closing: AbortSignal;
}

/** Answers a call. Throws what is no matter of the run itself: `NOT_ALLOWED`, `OVERLOADED`, `RUN_TIMED_OUT`, … */
export type MakeRun = (call: RunCall, reply: FastifyReply) => Promise<RunAnswer>;

export function runMaker(options: ResolvedServerOptions, allowance: Allowance, places: RunPlaces): MakeRun {
  const { limits } = options;

  const direct = async (call: RunCall, reply: FastifyReply): Promise<RunAnswer> => {
    const start = performance.now();
    const run = directOf(places).start(call.request);
    const onClose = () => {
      // Nobody can come back to a run without a name: without a listener it is work for nothing.
      if (!reply.raw.writableFinished) run.cancel('the client has gone');
    };
    if (!run.isNamed) reply.raw.once('close', onClose);
    const outcome = await run.ended;
    if ('report' in outcome) return doneAnswer(shownResults(outcome.report, allowance), call.words, 'direct');
    if (OF_THE_ENDPOINT.has(outcome.error.code)) throw outcome.error;
    return failedAnswer(outcome.error, run.runId, performance.now() - start);
  };

  const durable = async (call: RunCall, reply: FastifyReply): Promise<RunAnswer> => {
    const start = performance.now();
    const { durable: runs, direct: others } = places;
    const { runId: asked } = call.request;
    if (runs === undefined) throw noPlace('durable', 'the endpoint was started without Temporal');
    if (asked !== undefined && others?.find(asked) !== undefined) throw directIdTaken(asked);
    if (asked !== undefined) await checkNoJobId(asked, options.jobs, runs);
    const how = { wait: call.wait, waitMs: limits.timeoutMs, signal: places.closing };
    const { runId, report } = await runs.start(call.request, how);
    try {
      const done = await report;
      if (done !== undefined) return doneAnswer(shownResults(done, allowance), call.words, 'durable');
      reply.code(202);
      return { status: 'running', run_id: runId, mode: 'durable' };
    } catch (error) {
      if (isPipelineError(error)) return failedAnswer(error, runId, performance.now() - start);
      throw error;
    }
  };

  return async (call, reply) => {
    allowance.check(call.request);
    const refusal = refusalOf(call);
    if (refusal !== undefined) return failedAnswer(refusal, call.request.runId ?? crypto.randomUUID(), 0);
    return await ((call.mode ?? options.mode) === 'direct' ? direct : durable)(call, reply);
  };
}

// How it ended says something about this endpoint, not about the run: a status of its own.
const OF_THE_ENDPOINT: ReadonlySet<string> = new Set(['RUN_TIMED_OUT', 'SESSION_CLOSED']);

function directOf({ direct }: RunPlaces): DirectRuns {
  if (direct === undefined) throw noPlace('direct', 'the endpoint was started without a session');
  return direct;
}

function noPlace(mode: RunMode, why: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', `A run cannot be ${mode} here: ${why}.`, { details: { mode } });
}

function directIdTaken(runId: string): PipelineError {
  const message = `Run "${runId}" was made in this process, directly. One id is one run: give this one an id of its own.`;
  return new PipelineError('RUN_ID_TAKEN', message, { details: { runId } });
}

const SEQUENTIAL = /^(kedro\.runner\.(sequential_runner\.)?)?SequentialRunner$/;

/** A session's runs have one runner, which is chosen when it is opened. */
function refusalOf({ runner, isAsync }: RunCall): PipelineError | undefined {
  if (runner !== undefined && !SEQUENTIAL.test(runner)) {
    return new PipelineError(
      'REQUEST_INVALID',
      `Runner "${runner}" cannot be chosen by a request: a warm session has one runner, which is chosen when it is opened. Leave "runner" out.`,
      { details: { field: 'runner' } },
    );
  }
  if (!isAsync) return undefined;
  return new PipelineError(
    'REQUEST_INVALID',
    'Whether datasets are loaded by threads cannot be chosen by a request: a warm session has one runner. Leave "is_async" out.',
    { details: { field: 'is_async' } },
  );
}
