/** What is said of a parameter that does not fit its schema. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type JsonObject, PipelineError } from '../core/index.ts';
import { valueAt } from './parameter-paths.ts';

/** Where a value comes from: configuration with runtime params over it, or the run's data in place of a parameter. */
export type Source = { readonly kind: 'filled'; readonly runtimeParams: JsonObject } | { readonly kind: 'given' };

const MOST_ISSUES = 3;

/** The error of a parameter that does not fit; `name` is empty for all parameters. */
export function parameterInvalid(
  name: string,
  issues: readonly StandardSchemaV1.Issue[],
  source: Source,
  cause?: unknown,
): PipelineError {
  const parameter = name === '' ? 'parameters' : name;
  const paths = issues.map((issue) => [...(name === '' ? [] : name.split('.')), ...keysOf(issue)]);
  const told = issues.slice(0, MOST_ISSUES).map(({ message }, i) => {
    const path = (paths[i] ?? []).join('.');
    return `${path === name ? '' : `${path}: `}${message.replace(/\.$/, '')}`;
  });
  if (issues.length > MOST_ISSUES) told.push(`and ${issues.length - MOST_ISSUES} more`);
  const from = originOf(paths[0] ?? [], source);
  const subject = name === '' ? 'The parameters do' : `Parameter "${name}" does`;
  return new PipelineError(
    'PARAMETER_INVALID',
    `${subject} not fit the schema of the project: ${told.join('; ')}. ${SAID[from]}`,
    { cause, details: { parameter, path: (paths[0] ?? []).join('.') || parameter, from } },
  );
}

const SAID = {
  runtimeParams: 'It was given in runtimeParams.',
  runtimeData: 'It was given in the data of the run.',
  configuration: 'It comes from parameters*.yml.',
};

// The place itself, or one of the mappings that it is missing from, as far as the run has given them.
function originOf(path: readonly string[], source: Source): keyof typeof SAID {
  if (source.kind === 'given') return 'runtimeData';
  const { runtimeParams } = source;
  const given = path.some((_, i) => {
    const value = valueAt(runtimeParams, path.slice(0, i + 1));
    return value !== undefined && (i === path.length - 1 || typeof value !== 'object' || value === null);
  });
  return given ? 'runtimeParams' : 'configuration';
}

function keysOf({ path = [] }: StandardSchemaV1.Issue): string[] {
  return path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
}
