/** Shapes of fields, checked as `kedro server` does: what it takes is taken, what it refuses is refused in its words. */
import { isPlainObject, type JsonObject, type JsonValue } from '../../core/index.ts';
import { type Issue, issue, valueIssue } from './issues.ts';

export type Shape = 'names' | 'texts' | 'object' | 'flag' | 'text' | 'id' | 'runner' | 'mode';

type Found = { value: JsonValue } | { issues: Issue[] };

/** The value of a field, or what is wrong with it. */
export function readShape(shape: Shape, name: string, value: JsonValue): Found {
  switch (shape) {
    case 'names':
      return Array.isArray(value) ? items(value, value.entries(), name) : wrong('list_type', [name], 'list', value);
    case 'texts':
      return isPlainObject(value)
        ? items(value, Object.entries(value as JsonObject), name)
        : wrong('dict_type', [name], 'dictionary', value);
    case 'object':
      return isPlainObject(value) ? { value } : wrong('dict_type', [name], 'dictionary', value);
    case 'flag':
      return readFlag(name, value);
    case 'text':
      return typeof value === 'string' ? { value } : wrong('string_type', [name], 'string', value);
    case 'id':
      return readId(name, value);
    case 'runner':
      return readRunner(name, value);
    case 'mode':
      return value === 'direct' || value === 'durable' ? { value } : { issues: [noMode(name, value)] };
    default: {
      const never: never = shape;
      return never;
    }
  }
}

function wrong(type: string, at: (string | number)[], what: string, value: JsonValue): { issues: Issue[] } {
  return { issues: [issue(type, at, `Input should be a valid ${what}`, value)] };
}

function items(value: JsonValue, entries: Iterable<[string | number, JsonValue]>, name: string): Found {
  let issues: Issue[] | undefined;
  for (const [key, item] of entries) {
    if (typeof item === 'string') continue;
    issues ??= [];
    issues.push(issue('string_type', [name, key], 'Input should be a valid string', item));
  }
  return issues === undefined ? { value } : { issues };
}

const TRUE: readonly JsonValue[] = [true, 1, '1', 'on', 't', 'true', 'y', 'yes'];
const FALSE: readonly JsonValue[] = [false, 0, '0', 'off', 'f', 'false', 'n', 'no'];

function readFlag(name: string, given: JsonValue): Found {
  const value = typeof given === 'string' ? given.toLowerCase() : given;
  if (TRUE.includes(value)) return { value: true };
  if (FALSE.includes(value)) return { value: false };
  const isText = typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
  if (!isText) return wrong('bool_type', [name], 'boolean', given);
  return {
    issues: [issue('bool_parsing', [name], 'Input should be a valid boolean, unable to interpret input', given)],
  };
}

const MOST_ID_LETTERS = 255;

function readId(name: string, value: JsonValue): Found {
  if (typeof value !== 'string') return wrong('string_type', [name], 'string', value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a name in a path and a log must not have.
  if (value !== '' && value.length <= MOST_ID_LETTERS && !/[\u0000-\u001f\u007f]/.test(value)) return { value };
  const why = `it names a run: 1 to ${MOST_ID_LETTERS} letters, without control characters.`;
  return { issues: [valueIssue([name], why, value)] };
}

const DOTTED = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

function readRunner(name: string, value: JsonValue): Found {
  if (typeof value !== 'string') return wrong('string_type', [name], 'string', value);
  if (DOTTED.test(value)) return { value };
  const why = `"${value}" is not the name of a runner class, such as "SequentialRunner" or "package.module.Class".`;
  return { issues: [valueIssue([name], why, value)] };
}

function noMode(name: string, value: JsonValue): Issue {
  const expected = "'direct' or 'durable'";
  return { ...issue('literal_error', [name], `Input should be ${expected}`, value), ctx: { expected } };
}
