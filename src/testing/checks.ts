/** What the contract asserts, in words that a failing test can show. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type ErrorCode, isPipelineError, isPlainObject, messageOf } from '../core/index.ts';

interface Refusal {
  code: ErrorCode;
  retryable?: boolean;
  /** Stands in the message. */
  says?: string;
  details?: Record<string, unknown>;
}

/** `work` must throw (or reject) a PipelineError like that. */
export async function refuses(work: () => unknown, { code, retryable, says, details = {} }: Refusal): Promise<void> {
  const error = await thrownBy(work);
  if (!isPipelineError(error)) assert.fail(`Expected ${code}, and got ${messageOf(error)}`);
  assert.equal(error.code, code, `Expected ${code}, and got ${error.code}: ${error.message}`);
  if (retryable !== undefined) assert.equal(error.retryable, retryable, `${code} must have retryable: ${retryable}`);
  if (says !== undefined) assert.ok(error.message.includes(says), `"${error.message}" must say ${says}`);
  for (const [key, value] of Object.entries(details)) {
    assert.deepEqual(error.details[key], value, `the details of ${code} must have ${key}: ${String(value)}`);
  }
}

/** `work` must end with that very reason. */
export async function endsWith(work: () => unknown, reason: unknown): Promise<void> {
  assert.equal(await thrownBy(work), reason, 'a cancelled operation ends with the reason of its signal');
}

/** `loaded` must be what was saved, as a node sees it. */
export function holds(loaded: unknown, saved: unknown): void {
  assert.deepEqual(withPrototypes(loaded), withPrototypes(saved));
}

/** `loaded` must be one of those that were saved. */
export function isOneOf(loaded: unknown, saved: readonly unknown[]): void {
  assert.ok(
    saved.some((each) => isDeepStrictEqual(withPrototypes(each), withPrototypes(loaded))),
    'what is there is neither of the values that were saved',
  );
}

// Many parsers make objects without a prototype; everywhere else in this package they are as good as others.
function withPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPrototypes);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPrototypes(inner)]));
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  assert.fail('nothing was thrown');
}
