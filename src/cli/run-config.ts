/** `--config FILE`: flags of a run in a file, as `kedro run --config` takes them. */
import { readFile } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import { isPlainObject, messageOf, PipelineError, suggestion } from '../core/index.ts';

/** Kedro's names that are not those of the flags. */
const NAMES: Readonly<Record<string, string>> = {
  pipeline: 'pipelines',
  node_names: 'nodes',
  is_async: 'async',
};

/** Gives the command the flags of its `--config` file that it was not called with. Throws `REQUEST_INVALID`. */
export async function addRunConfig(command: Command): Promise<void> {
  const { config: file } = command.opts<{ config?: string }>();
  if (file === undefined) return;
  const run = await runTable(file);
  for (const [key, value] of Object.entries(run)) {
    const option = optionOf(command, file, key);
    const attribute = option.attributeName();
    if (command.getOptionValueSource(attribute) === 'cli') continue;
    command.setOptionValueWithSource(attribute, typedValue(option, value), 'config');
  }
}

async function runTable(file: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml');
  const read: unknown = await readFile(file, 'utf8')
    .then(parse)
    .catch((cause: unknown) => {
      throw invalid(`--config "${file}" cannot be read: ${messageOf(cause)}`, cause);
    });
  const run = isPlainObject(read) ? read.run : undefined;
  if (isPlainObject(run)) return run;
  throw invalid(`--config "${file}" has no table "run", as Kedro's files of flags have.`);
}

function optionOf(command: Command, file: string, key: string): Option {
  const flag = `--${(NAMES[key] ?? key).replaceAll('_', '-')}`;
  const option = command.options.find(({ long }) => long === flag);
  if (option !== undefined) return option;
  const known = command.options.flatMap(({ long }) => (long ? [long.slice(2).replaceAll('-', '_')] : []));
  throw invalid(`--config "${file}" sets "${key}", which "${command.name()}" does not take.${suggestion(key, known)}`);
}

// As if it had been typed: lists with commas, mappings as k=v.
function typedValue(option: Option, value: unknown): unknown {
  if (!option.required && !option.optional) return Boolean(value);
  const text = textOf(option.long === '--load-versions' ? ':' : '=', value);
  return option.parseArg === undefined ? text : option.parseArg(text, undefined);
}

function textOf(joint: string, value: unknown, path = ''): string {
  if (Array.isArray(value)) return value.map((each) => textOf(joint, each)).join(',');
  if (!isPlainObject(value)) return path === '' ? String(value) : `${path}${joint}${String(value)}`;
  return Object.entries(value)
    .map(([key, each]) => textOf(joint, each, path === '' ? key : `${path}.${key}`))
    .join(',');
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, cause === undefined ? {} : { cause });
}
