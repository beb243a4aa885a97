/** Asks the endpoint: JSON in, JSON out. */
import type { ErrorAnswer } from '../../server/index.ts';

/** An answer that is not a success, or none. `status` is 0 where nothing answered. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** The answer's JSON; throws a {@link RequestError}. `path` starts without a slash. */
export async function ask<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await answerOf(path, {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(addressOf(path), init);
  } catch {
    throw new RequestError(
      0,
      'UNREACHABLE',
      'The endpoint does not answer. Is `kedro-temporal dev` or `serve` running?',
    );
  }
}

function failureOf(status: number, text: string): RequestError {
  try {
    const { error } = JSON.parse(text) as ErrorAnswer;
    return new RequestError(status, error.code, error.message);
  } catch {
    return new RequestError(status, 'UNEXPECTED', `The endpoint answered with status ${status}.`);
  }
}

/** The whole address of a path of the endpoint. */
export function addressOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** Where a topic is answered: `intervals:weather` at `jobs/weather/intervals`. */
export function pathOf(topic: string): string {
  const colon = topic.indexOf(':');
  if (colon < 0) return topic;
  const id = encodeURIComponent(topic.slice(colon + 1));
  const kind = topic.slice(0, colon);
  return kind === 'intervals' ? `jobs/${id}/intervals` : `${kind}s/${id}`;
}
