/** What the contract asserts, in words that a failing test can show. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { type ErrorCode, isPipelineError, messageOf } from '../core/index.ts';

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

/** `value` must be one of those. */
export function isOneOf(value: unknown, values: readonly unknown[]): void {
  assert.ok(
    values.some((each) => isDeepStrictEqual(each, value)),
    'what is there is neither of the values that were saved',
  );
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  assert.fail('nothing was thrown');
}
