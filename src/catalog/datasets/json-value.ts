import { isPlainObject, type JsonValue } from '../../core/index.ts';
import { invalidValue } from '../failures.ts';

/** Throws `DATASET_VALUE_INVALID`, which names the place, unless `value` is JSON and would come back from it unchanged. */
export function refuseNonJson(dataset: string, value: unknown): asserts value is JsonValue {
  const problem = firstProblem(value, '', new Set());
  if (problem !== undefined) throw invalidValue(dataset, problem.path, `${problem.text}, which JSON cannot hold.`);
}

interface Problem {
  path: string;
  text: string;
}

// The path is put together on the way back only: most values have no problem, and no text is made for them.
function firstProblem(value: unknown, path: string, open: Set<object>): Problem | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { path, text: `it is ${value}` };
    case 'object':
      return value === null ? undefined : containerProblem(value, open);
    default:
      return { path, text: `it is ${typeof value === 'undefined' ? '' : 'a '}${typeof value}` };
  }
}

function containerProblem(value: object, open: Set<object>): Problem | undefined {
  if (open.has(value)) return { path: '', text: 'it contains itself' };
  if (!Array.isArray(value) && !isPlainObject(value)) {
    return { path: '', text: `it is an instance of ${value.constructor?.name ?? 'a class'}` };
  }
  open.add(value);
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const problem = firstProblem(item, '', open);
    if (problem !== undefined) return { ...problem, path: stepped(key, problem.path) };
  }
  open.delete(value);
  return undefined;
}

function stepped(key: string | number, rest: string): string {
  const step = typeof key === 'number' ? `[${key}]` : /^[A-Za-z_]\w*$/.test(key) ? key : `[${JSON.stringify(key)}]`;
  return rest === '' || rest.startsWith('[') ? `${step}${rest}` : `${step}.${rest}`;
}
