/** The tables of `temporal.yml`, as they are written. */
import { z } from 'zod';
import { ON_FAILURE, ORDERS } from '../planner/index.ts';
import {
  duration,
  durationMs,
  flag,
  name,
  nameOr,
  names,
  oneOrMore,
  orNothing,
  orShort,
  params,
  strict,
  tableOf,
  text,
  whole,
} from './words.ts';

export const OVERLAPS = ['skip', 'buffer_one', 'buffer_all', 'cancel_other', 'terminate_other', 'allow_all'] as const;
const INTERVAL_PARTS = ['key', 'start', 'end', 'time_zone', 'scheduled_time'] as const;
const PRIORITY_KEY = z.int().min(1).max(5);

/** What cuts a pipeline, and what a run of it takes and returns. */
const CUTS = {
  tags: names.optional(),
  from_nodes: names.optional(),
  to_nodes: names.optional(),
  node_names: names.optional(),
  from_inputs: names.optional(),
  to_outputs: names.optional(),
  namespaces: names.optional(),
  node_namespaces: names.optional(),
  load_versions: z.record(z.string(), text).optional(),
  only_missing_outputs: flag.optional(),
  outputs: names.optional(),
};

/** How a run is kept alive. */
const RUN = {
  retry: strict({
    maximum_attempts: whole.optional(),
    initial_interval: duration.optional(),
    backoff_coefficient: z.number().min(1).optional(),
    maximum_interval: duration.optional(),
    non_retryable_error_types: names.optional(),
  }).optional(),
  timeouts: strict({
    start_to_close: duration.optional(),
    schedule_to_close: duration.optional(),
    heartbeat: duration.optional(),
  }).optional(),
  task_queue: text.optional(),
  priority: z
    .preprocess(
      (value) => (typeof value === 'number' ? { priority_key: value } : value),
      strict({
        priority_key: PRIORITY_KEY.optional(),
        fairness_key: text.optional(),
        fairness_weight: z.number().positive().optional(),
      }),
    )
    .optional(),
};

const PIPELINE = strict({ pipeline_name: text.optional(), ...CUTS });

const PART = strict({
  pipeline: text.optional(),
  pipeline_name: text.optional(),
  pipelines: names.optional(),
  ...CUTS,
  after: names.optional(),
  inputs: z.record(z.string(), text).optional(),
  params: params.optional(),
  ...RUN,
});

const BACKFILL = strict({
  concurrency: z.int().min(1).max(1000).optional(),
  order: z.enum(ORDERS).optional(),
  skip: oneOrMore(z.enum(['none', 'failed', 'completed', 'existing'])).optional(),
  depends_on_past: flag.optional(),
  carry: strict({ output: text, from: text.optional(), dataset: text, into: text.optional() }).optional(),
  on_failure: z.enum(ON_FAILURE).optional(),
  max_failures: whole.optional(),
  if_running: z.enum(['join', 'skip', 'replace']).optional(),
  yields: flag.optional(),
  chunk: z
    .unknown()
    .refine((value) => durationMs(value) !== undefined, 'is neither a number of intervals nor a duration such as "7d".')
    .optional(),
  priority: PRIORITY_KEY.optional(),
});

const SCHEDULE = strict({
  id: name.optional(),
  description: text.optional(),
  cron_schedule: text.optional(),
  execution_timezone: text.optional(),
  offset: duration.optional(),
  jitter: duration.optional(),
  overlap: z.enum(OVERLAPS).optional(),
  catchup_window: duration.optional(),
  pause_on_failure: flag.optional(),
  paused: flag.optional(),
  note: text.optional(),
});

const WAIT = strict({ job: text, interval: z.enum(['same', 'within']).optional(), timeout: duration.optional() });

const CALENDAR = strict({
  weekdays: z.union([z.literal('business-days'), z.array(text)]).optional(),
  exclude: names.optional(),
});

/** `[a, b]` for parts of these names, side by side. */
const PIPELINES = z.preprocess(
  (value) => (Array.isArray(value) && value.every((item) => typeof item === 'string') ? emptyParts(value) : value),
  tableOf(PART),
);

function emptyParts(partNames: readonly string[]): Record<string, object> {
  return Object.fromEntries(partNames.map((each) => [each, {}]));
}

const JOB = strict({
  description: text.optional(),
  pipeline: orShort('pipeline_name', orNothing(PIPELINE)).optional(),
  pipelines: PIPELINES.optional(),
  params: params.optional(),
  every: z.union([text, z.array(text)]).optional(),
  time_zone: text.optional(),
  dst: strict({ gap: z.enum(['skip', 'shift']).optional(), overlap: z.enum(['once', 'twice']).optional() }).optional(),
  calendar: nameOr(CALENDAR).optional(),
  anchor: text.optional(),
  interval_params: z.record(z.string(), z.enum(INTERVAL_PARTS)).optional(),
  waits_for: oneOrMore(orShort('job', WAIT)).optional(),
  pool: text.optional(),
  ...RUN,
  schedule: nameOr(SCHEDULE).optional(),
  granularity: z.enum(['workflow', 'activity']).optional(),
  backfill: BACKFILL.optional(),
});

const CONNECTION = strict({
  address: text.optional(),
  namespace: text.optional(),
  api_key: z
    .never('would be a secret in a file: name the environment variable that holds it, with api_key_env.')
    .optional(),
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'is no name of an environment variable; the key itself never stands in a file.')
    .optional(),
  tls: z
    .preprocess(
      (value) => (typeof value === 'boolean' ? { disabled: !value } : value),
      strict({
        disabled: flag.optional(),
        server_name: text.optional(),
        server_ca_cert_path: text.optional(),
        client_cert_path: text.optional(),
        client_key_path: text.optional(),
      }),
    )
    .optional(),
});

const WORKER = strict({
  preload: names.optional(),
  isolation: z.enum(['inline', 'thread']).optional(),
  threads: whole.optional(),
  hosts: whole.optional(),
  max_concurrent_runs: whole.optional(),
  task_queue: text.optional(),
});

/** Of the HTTP endpoint. */
const SERVE = strict({
  host: text.optional(),
  port: z.int().min(0).max(65_535).optional(),
  token: z
    .never('would be a secret in a file: name the environment variable that holds it, with token_env.')
    .optional(),
  token_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'is no name of an environment variable; the token itself never stands in a file.')
    .optional(),
  hosts: names.optional(),
  allow: strict({
    pipelines: names.optional(),
    params: names.optional(),
    datasets: names.optional(),
  }).optional(),
  mode: z.enum(['direct', 'durable']).optional(),
  concurrency: whole.optional(),
  queue: z.int().min(0).optional(),
  timeout: duration.optional(),
  drain: duration.optional(),
  body_limit: whole.optional(),
  logs_url: text.optional(),
});

/** The whole file. */
export const FILE = strict({
  jobs: orNothing(tableOf(JOB)).optional(),
  schedules: orNothing(tableOf(SCHEDULE)).optional(),
  pools: orNothing(z.record(name, whole)).optional(),
  calendars: orNothing(tableOf(CALENDAR)).optional(),
  connection: orNothing(CONNECTION).optional(),
  worker: orNothing(WORKER).optional(),
  serve: orNothing(SERVE).optional(),
  backfill: orNothing(BACKFILL).optional(),
});

export type RawFile = z.output<typeof FILE>;
export type RawJob = z.output<typeof JOB>;
export type RawPart = z.output<typeof PART>;
export type RawPipeline = z.output<typeof PIPELINE>;
export type RawSchedule = z.output<typeof SCHEDULE>;
export type RawCalendar = z.output<typeof CALENDAR>;
export type RawBackfill = z.output<typeof BACKFILL>;
