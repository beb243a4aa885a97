/** JSON Schemas of what the routes answer, for the OpenAPI document. */

/** A JSON Schema, as far as one is written here. */
export type Schema = Readonly<Record<string, unknown>>;

export const TEXT: Schema = { type: 'string' };
export const TEXTS: Schema = { type: 'array', items: TEXT };

/** An object of these; all are required but those that `optional` has. */
export function object(properties: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return { type: 'object', properties: { ...properties, ...optional }, required: Object.keys(properties) };
}

const REFERENCE = object({ dataset: TEXT, type: TEXT }, { filepath: TEXT, version: TEXT });

const ERROR_FACTS = { code: TEXT, message: TEXT, retryable: { type: 'boolean' } };

const ERROR = object({ error: object(ERROR_FACTS, { details: { type: 'object' } }) });

const ISSUES = object({
  detail: {
    type: 'array',
    items: object(
      { type: TEXT, loc: { type: 'array', items: { type: ['string', 'integer'] } }, msg: TEXT, input: {} },
      { ctx: { type: 'object' } },
    ),
  },
});

const DURATION: Schema = { type: 'number', description: 'Milliseconds.' };

/** A run that succeeded. `outputs`: what it may return. */
export function runDone(outputs: Schema = { type: 'object' }): Schema {
  return object(
    { status: { const: 'success' }, run_id: TEXT, duration_ms: DURATION },
    {
      mode: { enum: ['direct', 'durable'] },
      save_version: TEXT,
      outputs,
      references: { type: 'object', additionalProperties: REFERENCE, description: 'Where other outputs are.' },
      saved: { type: 'array', items: REFERENCE },
    },
  );
}

export const RUN_FAILED = object({
  status: { const: 'failure' },
  run_id: TEXT,
  duration_ms: DURATION,
  error: object({ type: { type: 'string', description: 'Class of the exception.' }, ...ERROR_FACTS }),
});

export const RUN_STARTED = object({
  status: { const: 'running' },
  run_id: TEXT,
  mode: { const: 'durable' },
});

export const RUN_VIEW = object(
  {
    run_id: TEXT,
    mode: { enum: ['direct', 'durable'] },
    state: { enum: ['running', 'succeeded', 'failed', 'cancelled', 'terminated', 'timed-out'] },
    started_at: { type: 'string', format: 'date-time' },
    pipelines: TEXTS,
    runtime_params: { type: 'object' },
    attempts: { type: 'array', items: { type: 'object' } },
    nodes: { type: 'array', items: { type: 'object' } },
    outputs: { type: 'object' },
    references: { type: 'object', additionalProperties: REFERENCE },
    saved: { type: 'array', items: REFERENCE },
    links: { type: 'object' },
  },
  {
    job: TEXT,
    interval: { type: 'object' },
    save_version: TEXT,
    ended_at: { type: 'string', format: 'date-time' },
    error: object(ERROR_FACTS),
  },
);

const ERRORS: Readonly<Record<number, readonly [description: string, schema: Schema]>> = {
  401: ['No token, or a wrong one.', ERROR],
  403: ['It names what callers may not use, or comes from a page of another site.', ERROR],
  404: ['There is none of that name.', ERROR],
  409: ['The id belongs to another run, or the run has ended.', ERROR],
  413: ['The body is larger than the endpoint takes.', ERROR],
  422: ['The body does not fit.', { anyOf: [ISSUES, ERROR] }],
  503: ['Too many runs, or the endpoint or its Temporal server is away. Ask again after `Retry-After`.', ERROR],
  504: ['The run took too long and was cancelled.', ERROR],
};

/** Answers that are no success, for the document. */
export function errorResponses(...statuses: (keyof typeof ERRORS)[]): Record<number, Schema> {
  return Object.fromEntries(
    [401, 403, ...statuses].flatMap((status) => {
      const [description, schema] = ERRORS[status] ?? [];
      return description === undefined ? [] : [[status, { description, ...schema }]];
    }),
  );
}
