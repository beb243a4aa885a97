/** Errors as answers: one place that knows the status of each. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, isPipelineError, messageOf, PipelineError } from '../core/index.ts';
import type { ErrorAnswer } from './api.ts';
import { redacted } from './redaction.ts';
import { BodyInvalid } from './runs/issues.ts';

const STATUS: Partial<Record<ErrorCode, number>> = {
  NOT_AUTHENTICATED: 401,
  NOT_ALLOWED: 403,
  RUN_NOT_FOUND: 404,
  JOB_NOT_FOUND: 404,
  PIPELINE_NOT_FOUND: 404,
  PIPELINE_BROKEN: 404,
  DATASET_NOT_FOUND: 404,
  INTERVAL_NOT_FOUND: 404,
  RUN_ID_TAKEN: 409,
  RUN_ENDED: 409,
  BACKFILL_ENDED: 409,
  PLAN_DRIFTED: 409,
  REQUEST_TOO_LARGE: 413,
  REQUEST_INVALID: 422,
  JOB_INVALID: 422,
  RANGE_INVALID: 422,
  INTERVAL_BOUND_UNCLEAR: 422,
  TIME_ZONE_UNKNOWN: 422,
  INDEX_OUT_OF_RANGE: 422,
  METRIC_INVALID: 422,
  OVERLOADED: 503,
  SESSION_CLOSED: 503,
  SERVER_UNREACHABLE: 503,
  WORKER_UNREACHABLE: 503,
  HOST_DIED: 503,
  RUN_TIMED_OUT: 504,
  WAIT_TIMED_OUT: 504,
};

/** The status that an error of that code is answered with. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

const RETRY_AFTER_SECONDS = 1;

/** Answers an error. */
export function sendError(reply: FastifyReply, error: PipelineError): FastifyReply {
  const { code, message, retryable, details } = error;
  const status = statusOf(code);
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  const shown = (value: unknown) => (typeof value === 'string' ? redacted(value) : value);
  const given = Object.entries(details).filter(([, value]) => value !== undefined);
  const known = Object.fromEntries(given.map(([name, value]) => [name, shown(value)]));
  const answer: ErrorAnswer = {
    error: {
      code,
      message: redacted(message),
      retryable,
      ...(Object.keys(known).length === 0 ? {} : { details: known as ErrorDetails }),
    },
  };
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(answer));
}

type ErrorDetails = NonNullable<ErrorAnswer['error']['details']>;

/** Registers what answers errors and unknown routes. `onError` hears of those that nobody meant. */
export function addFailures(app: FastifyInstance, onError: (error: unknown) => void): void {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asPipelineError(error);
    // A method that there is not may fail before anybody looks for its route, though not before the guard.
    if (request.is404 && known?.code === 'REQUEST_INVALID') return sendUnknown(request, reply, routes);
    if (error instanceof BodyInvalid) return reply.code(422).send({ detail: error.detail });
    if (known !== undefined) return sendError(reply, known);
    if (reply.raw.headersSent) return reply.raw.destroy();
    onError(error);
    return reply.code(500).send(unexpected(request));
  });
  app.setNotFoundHandler((request, reply) => sendUnknown(request, reply, routes));
}

interface KnownRoute {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

function sendUnknown(
  { url, method }: FastifyRequest,
  reply: FastifyReply,
  routes: readonly KnownRoute[],
): FastifyReply {
  const path = url.split('?', 1)[0] ?? '';
  const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
  if (methods.length === 0 || methods.includes(method)) return reply.code(404).send({ detail: 'Not Found' });
  const allow = [...new Set(methods)].join(', ');
  return reply.code(405).header('allow', allow).send({ detail: 'Method Not Allowed' });
}

function unexpected({ method, url }: FastifyRequest): ErrorAnswer {
  const message = `The endpoint failed at ${method} ${url}; what it writes to standard error says why.`;
  return { error: { code: 'UNEXPECTED', message, retryable: false } };
}

/** What a framework or this package has thrown, in our words; undefined for a mistake of our own. */
function asPipelineError(error: FastifyError): PipelineError | undefined {
  if (isPipelineError(error)) return error;
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new PipelineError(
      'REQUEST_TOO_LARGE',
      'The body is larger than this endpoint takes. Raise "body_limit" of the "serve" table, or store the data and give its path.',
    );
  }
  const isTheirs = error.validation !== undefined || (error.statusCode ?? 500) < 500;
  return isTheirs ? new PipelineError('REQUEST_INVALID', messageOf(error), { cause: error }) : undefined;
}

function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`);
}
