/** What the OpenAPI document says of the console's routes; `api.ts` has the same as types, with more words. */
import { errorResponses, object, RUN_VIEW, type Schema, TEXT, TEXTS } from '../documents/answer-schemas.ts';
import type { RouteDocument } from '../documents/run-schemas.ts';

const NUMBER: Schema = { type: 'number' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const TIME: Schema = { type: 'string', format: 'date-time' };
const MILLIS: Schema = { type: 'number', description: 'Milliseconds.' };
const BOOLEAN: Schema = { type: 'boolean' };
const OBJECT: Schema = { type: 'object' };
const LINKS = object({}, { temporal: TEXT });
const REASON = object({ code: TEXT, message: TEXT });

const many = (items: Schema): Schema => ({ type: 'array', items });
const byName = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });

const RUNS_OF_INDEXES: Schema = {
  description: 'Runs `[from, to)` of indexes into `keys`, rising.',
  ...many({ type: 'array', items: COUNT, minItems: 2, maxItems: 2 }),
};

const BACKFILL = object(
  {
    id: TEXT,
    job: TEXT,
    phase: { enum: ['open', 'paused', 'closing', 'ended', 'unknown'] },
    every: TEXT,
    first_key: TEXT,
    last_key: TEXT,
    start: TIME,
    end: TIME,
    total: COUNT,
    succeeded: COUNT,
    failed: COUNT,
    skipped: COUNT,
    cancelled: COUNT,
    running: COUNT,
    concurrency: COUNT,
    allowed: COUNT,
    started_at: TIME,
    failures: many(object({ key: TEXT, code: TEXT, message: TEXT })),
    links: LINKS,
  },
  { why: TEXT, ended_at: TIME, rate: NUMBER, left_ms: MILLIS },
);

const SCHEDULE = object({
  id: TEXT,
  paused: BOOLEAN,
  note: TEXT,
  next: many(TIME),
  recent: many(object({ at: TIME, run_id: TEXT })),
  running: TEXTS,
});

const JOB = object(
  { name: TEXT, parts: TEXTS, configured: BOOLEAN },
  { description: TEXT, every: TEXT, time_zone: TEXT, schedule: SCHEDULE, backfill: BACKFILL },
);

const INTERVALS = object({
  job: TEXT,
  every: TEXT,
  time_zone: TEXT,
  start: TEXT,
  end: TEXT,
  keys: TEXTS,
  starts: many(TIME),
  states: object({
    succeeded: byName(RUNS_OF_INDEXES),
    failed: byName(RUNS_OF_INDEXES),
    skipped: byName(RUNS_OF_INDEXES),
    cancelled: byName(RUNS_OF_INDEXES),
    running: RUNS_OF_INDEXES,
  }),
});

const RUN = object(
  { run_id: TEXT, state: (RUN_VIEW.properties as Record<string, Schema>).state ?? TEXT, started_at: TIME },
  { job: TEXT, ended_at: TIME },
);

const SWEEP_FACTS = {
  id: TEXT,
  phase: { enum: ['running', 'paused', 'stopping', 'ended', 'unknown'] },
  started_at: TIME,
};
const SWEEP_END = { state: { enum: ['done', 'stopped', 'cancelled', 'failed'] }, ended_at: TIME };
const POINT = object({ index: COUNT, params: OBJECT, metrics: byName(NUMBER) });

const SWEEP = object(
  {
    ...SWEEP_FACTS,
    pipelines: TEXTS,
    total: COUNT,
    succeeded: COUNT,
    failed: COUNT,
    running: COUNT,
    rate: NUMBER,
    params: TEXTS,
    metrics: TEXTS,
    points: many(POINT),
    points_from: { enum: ['rows', 'best', 'none'] },
    reduced: OBJECT,
    failures: many(object({ index: COUNT, code: TEXT, message: TEXT })),
    links: LINKS,
  },
  { ...SWEEP_END, not_run: COUNT, best: POINT, goal: object({ metric: TEXT, order: { enum: ['min', 'max'] } }) },
);

const WARM = object(
  { dataset: TEXT, type: TEXT, hits: COUNT, refresh: TEXT, shared: TEXT, loaded_at: TIME },
  { bytes: COUNT, last_used_at: TIME },
);

const WORKER = object(
  { worker: TEXT, state: { enum: ['done', 'failed', 'unreachable'] } },
  { engine: { enum: ['native', 'kedro'] }, warm: many(WARM), error: REASON },
);

const PIPELINES = object({
  project: TEXT,
  engine: { enum: ['native', 'kedro'] },
  env: TEXT,
  pipelines: byName(OBJECT),
  datasets: byName(OBJECT),
  warm: many(WARM),
});

const ABOUT = object(
  { project: TEXT, version: TEXT, durable: BOOLEAN, direct: BOOLEAN },
  { task_queue: TEXT, namespace: TEXT, temporal_ui: TEXT },
);

const JOB_PARAM = { params: object({ job: TEXT }) };
const ID_PARAM = { params: object({ id: { ...TEXT, description: 'One segment: a slash in it is written %2F.' } }) };
const JOB_QUERY: Schema = { ...TEXT, description: 'Only of this job.' };

function answered(
  description: string,
  schema: Schema,
  ...errors: Parameters<typeof errorResponses>
): RouteDocument['response'] {
  return { 200: { description, ...schema }, ...errorResponses(...errors) };
}

/** By path. */
export const DOCUMENTS = {
  about: { summary: 'What this endpoint is', tags: ['project'], response: answered('It.', ABOUT) },
  pipelines: {
    summary: 'Pipelines, datasets, and what the session of this process keeps warm',
    tags: ['project'],
    response: answered('The project.', PIPELINES, 503),
  },
  workers: {
    summary: 'Workers of the task queue, and what each keeps warm',
    description: 'They are asked when this is called, which may take some seconds.',
    tags: ['project'],
    response: answered('The workers.', object({ task_queue: TEXT, workers: many(WORKER) }), 503),
  },
  jobs: { summary: 'Jobs', tags: ['jobs'], response: answered('The jobs.', object({ jobs: many(JOB) }), 422, 503) },
  intervals: {
    summary: 'The state of every interval of a job',
    description:
      'From the first interval of which anything is known, to the last one; of a job with a schedule to now.',
    tags: ['jobs'],
    ...JOB_PARAM,
    response: answered('The intervals.', INTERVALS, 404, 422, 503),
  },
  backfills: {
    summary: 'Backfills, newest first',
    tags: ['backfills'],
    querystring: object({}, { job: JOB_QUERY }),
    response: answered('The newest hundred.', object({ backfills: many(BACKFILL) }), 422, 503),
  },
  backfill: {
    summary: 'A backfill',
    tags: ['backfills'],
    ...ID_PARAM,
    response: answered('The backfill.', BACKFILL, 404, 503),
  },
  runs: {
    summary: 'Durable runs, newest first',
    tags: ['runs'],
    querystring: object({}, { job: JOB_QUERY, limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 } }),
    response: answered('The newest ones.', object({ runs: many(RUN) }), 422, 503),
  },
  sweeps: {
    summary: 'Sweeps, newest first',
    tags: ['sweeps'],
    response: answered('The newest hundred.', object({ sweeps: many(object(SWEEP_FACTS, SWEEP_END)) }), 503),
  },
  sweep: {
    summary: 'A sweep, with its points as far as they are kept',
    tags: ['sweeps'],
    ...ID_PARAM,
    response: answered('The sweep.', SWEEP, 404, 503),
  },
  events: {
    summary: 'Follows topics by server-sent events',
    description:
      'Topics are `jobs`, `backfills`, `runs`, `sweeps`, `about`, `intervals:<job>`, `backfill:<id>`, `run:<id>`, `sweep:<id>`. An event is named after its topic and carries what a GET of it answers, at first and whenever that has changed; `problem` says why a topic cannot be read.',
    tags: ['project'],
    querystring: object({ topics: { ...TEXT, description: 'Names of topics, with commas between.' } }),
    response: {
      200: {
        description: 'The events, without end.',
        content: { 'text/event-stream': { schema: TEXT } },
      },
      ...errorResponses(422),
    },
  },
} as const satisfies Record<string, RouteDocument>;

const CONTROL_BODIES: Record<string, Schema> = {
  concurrency: object({ concurrency: { type: 'integer', minimum: 1, maximum: 1000 } }),
  skip: object({ keys: { ...TEXTS, description: 'Keys of the intervals that are left out.' } }),
  retry: object(
    {},
    { keys: { ...TEXTS, description: 'Keys of intervals. Default: all that failed or were cancelled.' } },
  ),
};

const CONTROL_SUMMARIES: Record<string, string> = {
  pause: 'Starts nothing more; what runs goes on',
  resume: 'Goes on',
  cancel: 'Ends what runs and starts nothing more',
  concurrency: 'Sets how many run at once',
  skip: 'Leaves intervals out',
  retry: 'Runs failed and cancelled intervals again',
};

/** Of `POST /backfills/{id}/<control>` and `POST /sweeps/{id}/<control>`. */
export function controlDocument(of: 'backfills' | 'sweeps', control: string): RouteDocument {
  const body = CONTROL_BODIES[control];
  return {
    summary: CONTROL_SUMMARIES[control] ?? control,
    tags: [of],
    ...ID_PARAM,
    ...(body === undefined ? {} : { body }),
    response: answered('How it stands then.', of === 'sweeps' ? SWEEP : BACKFILL, 404, 409, 422, 503),
  };
}
