/**
 * What the page and other HTTP clients read and control about durable work: routes over `src/client`, and one stream of
 * events. Errors are thrown as they are: the application's error handler answers them.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BackfillControl, RunView } from '../api.ts';
import { type Answers, createAnswers } from './answers.ts';
import { BACKFILL_CONTROLS, controlBackfill, controlSweep, SWEEP_CONTROLS } from './controls.ts';
import type { ConsoleDeps } from './deps.ts';
import { EventStream } from './event-stream.ts';
import { createFeed, type Feed } from './feed.ts';
import { controlDocument, DOCUMENTS } from './schemas.ts';
import { topicNames, topicOf } from './topics.ts';

/** What an application may ask of the console beside its routes. */
export interface Console {
  /** The answer of `GET /runs/{run_id}` for a durable run. Throws `RUN_NOT_FOUND`, `SERVER_UNREACHABLE`. */
  durableRunView(runId: string): Promise<RunView>;
  /** Topics that somebody follows now. */
  followed(): string[];
}

/** Registers the routes. Connects to nothing until one is asked; streams end when the application closes. */
export function addConsole(app: FastifyInstance, deps: ConsoleDeps): Console {
  const answers = createAnswers(deps);
  const feed = createFeed();
  void app.register(async (scope) => {
    // Schemas of answers are documentation: the types have been held against `api.ts` already.
    scope.setSerializerCompiler(() => (data) => JSON.stringify(data));
    addProject(scope, answers);
    addWork(scope, answers);
    addControls(scope, answers);
    addEvents(scope, answers, feed);
  });
  return { durableRunView: (runId) => answers.run(runId), followed: () => feed.followed() };
}

function addProject(scope: FastifyInstance, answers: Answers): void {
  scope.get('/about', { schema: DOCUMENTS.about }, () => answers.about());
  scope.get('/pipelines', { schema: DOCUMENTS.pipelines }, () => answers.pipelines());
  scope.get('/workers', { schema: DOCUMENTS.workers }, () => answers.workers());
  scope.get('/jobs', { schema: DOCUMENTS.jobs }, () => answers.jobs());
  scope.get<{ Params: { job: string } }>('/jobs/:job/intervals', { schema: DOCUMENTS.intervals }, ({ params }) =>
    answers.intervals(params.job),
  );
}

interface OfId {
  Params: { id: string };
}

function addWork(scope: FastifyInstance, answers: Answers): void {
  scope.get<{ Querystring: { job?: string } }>('/backfills', { schema: DOCUMENTS.backfills }, ({ query }) =>
    answers.backfills(query.job),
  );
  scope.get<OfId>('/backfills/:id', { schema: DOCUMENTS.backfill }, ({ params }) => answers.backfill(params.id));
  scope.get<{ Querystring: { job?: string; limit?: number } }>('/runs', { schema: DOCUMENTS.runs }, ({ query }) =>
    answers.runs(query),
  );
  scope.get('/sweeps', { schema: DOCUMENTS.sweeps }, () => answers.sweeps());
  scope.get<OfId>('/sweeps/:id', { schema: DOCUMENTS.sweep }, ({ params }) => answers.sweep(params.id));
}

function addControls(scope: FastifyInstance, answers: Answers): void {
  for (const [control, act] of Object.entries(BACKFILL_CONTROLS)) {
    scope.post<OfId & { Body: BackfillControl }>(
      `/backfills/:id/${control}`,
      { schema: controlDocument('backfills', control), preValidation: fillBody },
      ({ params, body }) => controlBackfill(answers, params.id, act, body),
    );
  }
  for (const [control, act] of Object.entries(SWEEP_CONTROLS)) {
    scope.post<OfId>(`/sweeps/:id/${control}`, { schema: controlDocument('sweeps', control) }, ({ params }) =>
      controlSweep(answers, params.id, act),
    );
  }
}

// No body says what an empty one says.
async function fillBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

function addEvents(scope: FastifyInstance, answers: Answers, feed: Feed): void {
  const open = new Set<EventStream>();
  scope.addHook('preClose', async () => {
    for (const stream of open) stream.push(null);
  });
  scope.addHook('onClose', async () => {
    await feed.settled();
    await answers.settled();
  });
  scope.get<{ Querystring: { topics: string } }>('/events', { schema: DOCUMENTS.events }, ({ query }, reply) =>
    sendEvents(
      reply,
      feed,
      open,
      topicNames(query.topics).map((name) => topicOf(answers, name)),
    ),
  );
}

function sendEvents(
  reply: FastifyReply,
  feed: Feed,
  open: Set<EventStream>,
  topics: readonly ReturnType<typeof topicOf>[],
): FastifyReply {
  const leave: (() => void)[] = [];
  const stream = new EventStream(() => {
    open.delete(stream);
    for (const each of leave) each();
  });
  open.add(stream);
  for (const topic of topics) leave.push(feed.follow(topic, (event) => stream.send(topic.name, event)));
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(stream);
}
