import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { IntervalPart } from '../../workflows/index.ts';
import { readParams, readParamsFile, type WrittenParams } from '../config/index.ts';
import { type JsonObject, type JsonValue, messageOf, PipelineError } from '../core/index.ts';

/**
 * Runtime params as Kedro's `--params` has them: `k=v,a.b=c`, values as YAML reads them, dots nest; or `@file.json` (YAML
 * works too). Throws `REQUEST_INVALID`.
 */
export async function parseParams(text: string | undefined): Promise<JsonObject> {
  return (await readParamsFlag(text)).json;
}

/** The same, with `1.0` apart from `1`. Throws `REQUEST_INVALID`. */
export async function readParamsFlag(text = ''): Promise<WrittenParams> {
  if (!text.startsWith('@')) return readParams(text);
  const file = text.slice(1);
  try {
    return readParamsFile(await readFile(file, 'utf8'), file);
  } catch (cause) {
    throw invalid(`"${file}" cannot be read: ${messageOf(cause)}`, cause);
  }
}

/** `name=@file.json` or `name=<JSON>`, given once per dataset. Throws `REQUEST_INVALID`. */
export async function parseData(items: readonly string[]): Promise<JsonObject> {
  const data: JsonObject = {};
  for (const item of items) {
    const at = item.indexOf('=');
    if (at < 1) throw invalid(`--data has "${item}", which is not name=value or name=@file.`);
    const [name, text] = [item.slice(0, at), item.slice(at + 1)];
    data[name] = text.startsWith('@') ? await fromFile(text.slice(1)) : parseValue(name, text);
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

async function fromFile(file: string): Promise<JsonValue> {
  try {
    return parse(await readFile(file, 'utf8')) as JsonValue;
  } catch (cause) {
    throw invalid(`"${file}" cannot be read: ${messageOf(cause)}`, cause);
  }
}

// A text need not be quoted; what begins like anything else is meant to be that.
function parseValue(name: string, text: string): JsonValue {
  try {
    return parse(text) as JsonValue;
  } catch (cause) {
    if (/^[[{"']/.test(text)) throw invalid(`--data has for "${name}" what is no JSON: ${messageOf(cause)}`, cause);
    return text;
  }
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { cause });
}
