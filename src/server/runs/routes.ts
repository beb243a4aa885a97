/** The routes that make runs and follow them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PipelineError } from '../../core/index.ts';
import type { Allowance } from '../access/allow.ts';
import { shownRun } from '../access/shown-run.ts';
import type { RunView } from '../api.ts';
import { eventsSchema, pipelineRunSchema, runSchema, runViewSchema } from '../documents/run-schemas.ts';
import type { ServedPipeline } from '../project/served-pipelines.ts';
import { viewOf } from './answers.ts';
import { addBodies, bodyOf } from './bodies.ts';
import type { DirectRun, HeardEvent } from './direct-run.ts';
import { hasEnded } from './durable-runs.ts';
import { type OpenStreams, streamDirect, streamDurable } from './event-stream.ts';
import type { MakeRun, RunPlaces } from './making.ts';
import { readRunCall } from './run-call.ts';

export interface RunRoutes {
  readonly make: MakeRun;
  readonly places: RunPlaces;
  /** What has a route of its own. */
  readonly pipelines: readonly ServedPipeline[];
  readonly streams: OpenStreams;
  readonly views: DirectViews;
}

/** How a run of this process looks to a caller. */
export interface DirectViews {
  readonly view: (run: DirectRun) => RunView;
  /** Whether an event of it is sent. */
  readonly shows: (event: HeardEvent) => boolean;
}

/** Registers `/run`, `/pipelines/{name}/run` and `/runs/{run_id}`. */
export async function addRunRoutes(app: FastifyInstance, routes: RunRoutes): Promise<void> {
  await app.register(async (scope) => {
    addBodies(scope);
    // Bodies are checked by hand, once, in the words of Kedro; the schemas of these routes are their documentation.
    scope.setValidatorCompiler(() => () => true);
    scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
    addMakers(scope, routes);
    addFollowers(scope, routes);
  });
}

const PIPELINE_FIELDS = new Set(['run_id', 'runtime_params', 'runtime_data', 'outputs', 'mode', 'wait']);

function addMakers(scope: FastifyInstance, { make, pipelines }: RunRoutes): void {
  scope.post('/run', { schema: runSchema(pipelines.map(({ name }) => name)) }, (request, reply) =>
    make(readRunCall(bodyOf(request.body)), reply),
  );
  const runOne = (name: string, request: FastifyRequest, reply: FastifyReply) => {
    const call = readRunCall(bodyOf(request.body), PIPELINE_FIELDS);
    return make({ ...call, request: { ...call.request, pipelines: [name] } }, reply);
  };
  for (const pipeline of pipelines) {
    const url = `/pipelines/${pipeline.name}/run`;
    scope.post(url, { schema: pipelineRunSchema(pipeline) }, (request, reply) => runOne(pipeline.name, request, reply));
  }
  // For names that a path cannot spell, and for a good answer to a name that there is not.
  scope.post<{ Params: { pipeline: string } }>(
    '/pipelines/:pipeline/run',
    { schema: { hide: true } },
    (request, reply) => runOne(request.params.pipeline, request, reply),
  );
}

interface OfRun {
  Params: { run_id: string };
}

function addFollowers(scope: FastifyInstance, { places, streams, views }: RunRoutes): void {
  scope.get<OfRun>('/runs/:run_id', { schema: runViewSchema('get') }, async ({ params: { run_id } }) => {
    const run = places.direct?.find(run_id);
    return run === undefined ? await durableOf(places, run_id).view(run_id) : views.view(run);
  });

  scope.delete<OfRun>('/runs/:run_id', { schema: runViewSchema('cancel') }, async ({ params: { run_id } }, reply) => {
    reply.code(202);
    const run = places.direct?.find(run_id);
    if (run === undefined) {
      const durable = durableOf(places, run_id);
      await durable.cancel(run_id);
      return await durable.view(run_id);
    }
    if (run.outcome !== undefined) throw hasEnded(run_id, views.view(run).state);
    run.cancel('by DELETE');
    return views.view(run);
  });

  scope.get<OfRun>('/runs/:run_id/events', { schema: eventsSchema() }, async (request, reply) => {
    const { run_id } = request.params;
    const run = places.direct?.find(run_id);
    if (run !== undefined)
      return await streamDirect(reply, run, { from: seenBy(request), shows: views.shows }, streams);
    const durable = durableOf(places, run_id);
    const look = () => durable.view(run_id);
    await streamDurable(reply, await look(), look, streams);
  });
}

function seenBy({ headers }: FastifyRequest): number {
  const seen = Number(headers['last-event-id'] ?? 0);
  return Number.isInteger(seen) && seen >= 0 ? seen : 0;
}

function durableOf({ durable }: RunPlaces, runId: string) {
  if (durable !== undefined) return durable;
  throw new PipelineError(
    'RUN_NOT_FOUND',
    `This endpoint knows no run "${runId}": it remembers the last thousand that it has made, and was started without Temporal.`,
    { details: { runId } },
  );
}

/** Makes the views of this process' own runs, without what a caller may not see. */
export function directViews(allowance: Allowance, logsUrl: string | undefined): DirectViews {
  return {
    view: (run) => shownRun(viewOf(run, logsUrl), allowance),
    shows: (event) => !('dataset' in event) || allowance.showsData(event.dataset),
  };
}
