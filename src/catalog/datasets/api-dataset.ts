/**
 * An HTTP API, by Node's `fetch`. `method: GET` (the default) loads, `POST` and `PUT` save.
 *
 * Options: `url`; `load_args`: `params`, `headers`, `auth`, `timeout` (seconds, default 60), `allow_redirects`, and `as` (ours:
 * `json`, `text` or `bytes`); `save_args`: the same without `as`, and `chunk_size` (default 100), `send_individually`.
 * `credentials`: `[user, password]`, `{username, password}`, `{token}` (a bearer's) or `{headers}`.
 */
import { createHash } from 'node:crypto';
import { isPipelineError, type JsonValue, PipelineError } from '../../core/index.ts';
import { defineDataset, type StorageMethods } from '../define-dataset.ts';
import { invalidValue } from '../failures.ts';
import { anything, checkOptions, flag, integer, mapping, type OptionRule, oneOf, required, text } from '../options.ts';
import { type ApiTarget, authHeaders, bodyOf, request, shownUrl } from './api-request.ts';
import { refuseNonJson } from './json-value.ts';

const ARGS = {
  params: mapping(param()),
  headers: mapping(scalarText()),
  auth: anything(),
  timeout: seconds(),
  allow_redirects: flag(),
};
const LOAD_ARGS = { ...ARGS, as: oneOf('json', 'text', 'bytes') };
const SAVE_ARGS = { ...ARGS, chunk_size: integer(1, 1_000_000), send_individually: flag() };

const DEFAULT_SECONDS = 60;
const DEFAULT_CHUNK = 100;

export const apiDataset = defineDataset({
  type: 'api.APIDataset',
  options: {
    url: required(text()),
    method: oneOf('GET', 'POST', 'PUT'),
    load_args: mapping(anything()),
    save_args: mapping(anything()),
  },
  open({ dataset, options, credentials }) {
    const load = checkOptions(dataset, LOAD_ARGS, options.load_args ?? {}, 'load_args');
    const save = checkOptions(dataset, SAVE_ARGS, options.save_args ?? {}, 'save_args');
    const method = options.method ?? 'GET';
    const args = method === 'GET' ? load : save;
    if (args.auth !== undefined && credentials !== undefined && credentials !== null) {
      throw invalid(dataset, 'has both auth and credentials: leave one out.');
    }
    const auth = authHeaders(args.auth ?? credentials);
    if (auth === undefined) {
      throw invalid(
        dataset,
        'has credentials of an unknown form: give [user, password], username and password, a token, or headers.',
      );
    }
    const target: ApiTarget = {
      dataset,
      url: fullUrl(dataset, options.url, args.params ?? {}),
      method,
      headers: headersOf(dataset, { ...args.headers, ...auth }),
      seconds: args.timeout ?? DEFAULT_SECONDS,
      followsRedirects: args.allow_redirects ?? true,
    };
    if (method === 'GET') return loading(target, load.as);
    return sending(target, save.send_individually === true ? undefined : (save.chunk_size ?? DEFAULT_CHUNK));
  },
});

function loading(target: ApiTarget, as: 'json' | 'text' | 'bytes' | undefined): StorageMethods {
  return {
    place: shownUrl(target.url),
    load: (signal) => request(target, undefined, signal, (response) => bodyOf(response, as)),
    async exists(signal) {
      try {
        await request(target, undefined, signal, async (response) => response.body?.cancel());
        return true;
      } catch (error) {
        if (isPipelineError(error) && error.code === 'DATASET_NOT_SAVED_YET') return false;
        throw error;
      }
    },
    fingerprint: (signal) =>
      request(target, undefined, signal, async (response) =>
        createHash('sha256')
          .update(new Uint8Array(await response.arrayBuffer()))
          .digest('base64url')
          .slice(0, 22),
      ),
  };
}

/** `chunk`: how many items of a list to one request; `undefined` sends each item by itself. */
function sending(target: ApiTarget, chunk: number | undefined): StorageMethods {
  const { dataset, method } = target;
  const refuse = async (): Promise<never> => {
    throw new PipelineError(
      'DATASET_LOAD_FAILED',
      `The dataset "${dataset}" cannot be loaded: its method is ${method}, which only sends. An entry with the method GET loads.`,
      { details: { dataset }, retryable: false },
    );
  };
  return {
    place: shownUrl(target.url),
    load: refuse,
    fingerprint: refuse,
    exists: async () => false,
    async save(value, signal) {
      refuseNonJson(dataset, value);
      for (const part of partsOf(dataset, value, chunk)) {
        await request(target, part, signal, async (response) => response.body?.cancel());
      }
    },
  };
}

function partsOf(dataset: string, value: JsonValue, chunk: number | undefined): JsonValue[] {
  if (!Array.isArray(value)) return [value];
  if (value.length === 0) throw invalidValue(dataset, '', 'it is an empty list, and there is nothing to send.');
  if (chunk === undefined) return value;
  return Array.from({ length: Math.ceil(value.length / chunk) }, (_, i) => value.slice(i * chunk, (i + 1) * chunk));
}

function fullUrl(dataset: string, given: string, params: Readonly<Record<string, readonly string[]>>): URL {
  const url = tryUrl(given);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw invalid(dataset, 'needs a url that starts with http:// or https://.');
  if (url.username !== '' || url.password !== '') {
    throw invalid(dataset, 'has a user or password in its url: messages would show them. Use credentials.');
  }
  for (const [name, values] of Object.entries(params)) for (const value of values) url.searchParams.append(name, value);
  return url;
}

function tryUrl(given: string): URL | null {
  try {
    return new URL(given);
  } catch {
    return null;
  }
}

function headersOf(dataset: string, headers: Record<string, string>): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw invalid(dataset, 'has a header whose name or value HTTP does not allow.');
  }
}

/** A value of the query: a list stands for the same name several times, null for none. */
function param(): OptionRule<string[]> {
  const one = scalarText();
  return {
    expects: 'a text, number or boolean, or a list of these',
    read(value) {
      if (value === null) return [];
      const items = (Array.isArray(value) ? value : [value]).map((item) => one.read(item));
      return items.every((item) => item !== undefined) ? items : undefined;
    },
  };
}

function scalarText(): OptionRule<string> {
  return {
    expects: 'a text, number or boolean',
    read: (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined),
  };
}

/** Seconds; Kedro also takes two of them, for connecting and for reading, of which the longer is used. */
function seconds(): OptionRule<number> {
  const isTime = (value: JsonValue): value is number => typeof value === 'number' && value > 0 && value <= 86_400;
  return {
    expects: 'seconds, more than 0',
    read(value) {
      if (isTime(value)) return value;
      return Array.isArray(value) && value.length === 2 && value.every(isTime) ? Math.max(...value) : undefined;
    },
  };
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
