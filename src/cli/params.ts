import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { IntervalPart } from '../../workflows/index.ts';
import { isPlainObject, type JsonObject, type JsonValue, messageOf, PipelineError } from '../core/index.ts';

/**
 * Runtime params as Kedro's `--params` has them: `k=v,a.b=c`, values as YAML reads them, dots nest; or `@file.json` (YAML
 * works too). Throws `REQUEST_INVALID`.
 */
export async function parseParams(text: string | undefined): Promise<JsonObject> {
  if (text === undefined || text === '') return {};
  if (text.startsWith('@')) return await paramsFile(text.slice(1));
  const params: JsonObject = {};
  for (const item of text.split(',')) {
    const at = item.indexOf('=');
    if (at < 1) throw invalid(`--params has "${item}", which is not key=value.`);
    setDeep(params, item.slice(0, at).trim().split('.'), parseValue(item.slice(at + 1)));
  }
  return params;
}

/** `name=@file.json` or `name=<JSON>`, given once per dataset. Throws `REQUEST_INVALID`. */
export async function parseData(items: readonly string[]): Promise<JsonObject> {
  const data: JsonObject = {};
  for (const item of items) {
    const at = item.indexOf('=');
    if (at < 1) throw invalid(`--data has "${item}", which is not name=value or name=@file.`);
    const [name, text] = [item.slice(0, at), item.slice(at + 1)];
    data[name] = text.startsWith('@') ? await fromFile(text.slice(1)) : parseValue(text);
  }
  return data;
}

const INTERVAL_PARTS: readonly IntervalPart[] = ['key', 'start', 'end', 'time_zone', 'scheduled_time'];

/** `day=key,from=start`: runtime param → part of the interval. Throws `REQUEST_INVALID`. */
export function parseIntervalParams(text: string): Record<string, IntervalPart> {
  return Object.fromEntries(
    text.split(',').map((item) => {
      const [name = '', said = ''] = item.split('=');
      const part = INTERVAL_PARTS.find((each) => each === said);
      if (name !== '' && part !== undefined) return [name, part];
      throw invalid(`--interval-params has "${item}"; say param=part, a part being ${INTERVAL_PARTS.join(', ')}.`);
    }),
  );
}

/** A list of names, `a,b`, given once or several times. */
export function collectNames(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').map((name) => name.trim())].filter((name) => name !== '');
}

async function paramsFile(file: string): Promise<JsonObject> {
  const value = await fromFile(file);
  if (isPlainObject(value)) return value as JsonObject;
  throw invalid(`"${file}" does not hold a mapping of params.`);
}

async function fromFile(file: string): Promise<JsonValue> {
  try {
    return parse(await readFile(file, 'utf8')) as JsonValue;
  } catch (cause) {
    throw invalid(`"${file}" cannot be read: ${messageOf(cause)}`, cause);
  }
}

function parseValue(text: string): JsonValue {
  try {
    return parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function setDeep(params: JsonObject, keys: readonly string[], value: JsonValue): void {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) {
    params[key] = value;
    return;
  }
  const inside = params[key];
  const next: JsonObject = isPlainObject(inside) ? (inside as JsonObject) : {};
  params[key] = next;
  setDeep(next, rest, value);
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { cause });
}
