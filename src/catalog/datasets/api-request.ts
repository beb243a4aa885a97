/** One HTTP request of an API dataset, and what becomes of its answer. */
import { isPlainObject, type JsonValue, PipelineError } from '../../core/index.ts';
import { notSavedYet } from '../failures.ts';
import { answerTo } from './api-redirects.ts';

/** What is the same for each request of an entry. */
export interface ApiTarget {
  readonly dataset: string;
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers: Headers;
  readonly seconds: number;
  readonly followsRedirects: boolean;
}

/** Where the data is, for messages: a query may hold a key, so it is left out. */
export function shownUrl({ origin, pathname }: URL): string {
  return origin + pathname;
}

/**
 * Sends `json`, if any, and hands the answer to `read`; both must end in time. Throws `DATASET_NOT_SAVED_YET` (404, 410 of a
 * load), `DATASET_LOAD_FAILED`, `DATASET_SAVE_FAILED`: to be tried again when no answer came, and for 408, 425, 429 and 5xx.
 */
export async function request<T>(
  target: ApiTarget,
  json: JsonValue | undefined,
  signal: AbortSignal | undefined,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(target.seconds * 1000);
  const headers = new Headers(target.headers);
  if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  try {
    const { url, method, followsRedirects } = target;
    const body = json === undefined ? undefined : JSON.stringify(json);
    const until = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    const response = await answerTo({ url, method, headers, body }, followsRedirects, until, (why) =>
      failure(target, why, { retryable: false }),
    );
    if (!response.ok) {
      await response.body?.cancel();
      throw refusal(target, response);
    }
    return await read(response);
  } catch (error) {
    if (deadline.aborted && signal?.aborted !== true) {
      throw failure(target, `no answer within ${target.seconds} seconds.`, { retryable: true, cause: error });
    }
    // What fetch says itself is "fetch failed"; the reason is below.
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : undefined;
    if (cause === undefined) throw error;
    const reason = cause.message || String((cause as { code?: unknown }).code ?? 'the connection failed');
    throw failure(target, `${reason}.`, { retryable: true, cause: error });
  }
}

const PASSING = [408, 425, 429];

function refusal(target: ApiTarget, { status, statusText }: Response): PipelineError {
  const answer = `HTTP ${status}${statusText === '' ? '' : ` ${statusText}`}`;
  if (target.method === 'GET' && (status === 404 || status === 410)) {
    return notSavedYet(target.dataset, shownUrl(target.url), ` The answer was ${answer}.`);
  }
  const hint = status === 401 || status === 403 ? ' Are its credentials right?' : '';
  return failure(target, `the answer was ${answer}.${hint}`, {
    status,
    retryable: status >= 500 || PASSING.includes(status),
  });
}

function failure(
  { dataset, url, method }: ApiTarget,
  why: string,
  { retryable, cause, status }: { retryable: boolean; cause?: unknown; status?: number },
): PipelineError {
  const place = shownUrl(url);
  return new PipelineError(
    method === 'GET' ? 'DATASET_LOAD_FAILED' : 'DATASET_SAVE_FAILED',
    `The dataset "${dataset}" could not be ${method === 'GET' ? 'loaded from' : 'saved to'} ${place}: ${why}`,
    { cause, retryable, details: { dataset, path: place, ...(status === undefined ? {} : { status }) } },
  );
}

/** The body as `as` says, else as its content type does: JSON or text. Throws a `SyntaxError` when it is neither. */
export async function bodyOf(response: Response, as: 'json' | 'text' | 'bytes' | undefined): Promise<unknown> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (as === 'bytes') return bytes;
  const type = response.headers.get('content-type') ?? '';
  const text = decoded(bytes, /charset="?([^";\s]+)/i.exec(type)?.[1] ?? 'utf-8');
  const isJson = /^application\/(?:[^;]*\+)?json\b/i.test(type);
  if (as === 'text' || (as === undefined && !isJson)) return text;
  // 204 and the like: an answer without a value.
  return text === '' ? null : JSON.parse(text);
}

function decoded(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SyntaxError(`the answer is no text in ${charset}; load_args.as: bytes takes it as it is`, {
      cause: error,
    });
  }
}

/** `Authorization` and other headers of an entry's `auth` or `credentials`; `undefined` when they have no known form. */
export function authHeaders(given: unknown): Record<string, string> | undefined {
  if (given === undefined || given === null) return {};
  if (Array.isArray(given) && given.length === 2) return basic(given[0], given[1]);
  if (!isPlainObject(given)) return undefined;
  const { token, headers } = given;
  if (typeof token === 'string') return { authorization: `Bearer ${token}` };
  if (isPlainObject(headers) && Object.values(headers).every((value) => typeof value === 'string')) {
    return headers as Record<string, string>;
  }
  const user = given.username ?? given.user ?? given.login;
  return user === undefined ? undefined : basic(user, given.password ?? '');
}

function basic(user: unknown, password: unknown): Record<string, string> | undefined {
  if (typeof user !== 'string' || typeof password !== 'string') return undefined;
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
