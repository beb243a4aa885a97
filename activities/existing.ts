/** Whether intervals are done already, by their data. */
import { Context } from '@temporalio/activity';
import type { JsonObject, PipelineSession, RunRequest } from '../src/core/index.ts';
import { areOutputsThere } from '../src/planner/index.ts';

/** What `kedro.haveOutputs` looks at. */
export interface HaveOutputsInput {
  /** What each interval's run does. */
  requests: readonly RunRequest[];
  /** The runtime params of each interval; they go over those of the requests. */
  runtimeParams: readonly JsonObject[];
}

/**
 * Says of each interval whether every persisted dataset that its run would save is there. Where a run saves none, there is
 * nothing to tell by, and the answer is false.
 */
export async function haveOutputs(session: PipelineSession, input: HaveOutputsInput): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const params of input.runtimeParams) {
    Context.current().cancellationSignal.throwIfAborted();
    answers.push(await areOutputsThere(input.requests, params, (request) => session.checkOutputs(request)));
    if (answers.length % 20 === 0) Context.current().heartbeat();
  }
  return answers;
}
