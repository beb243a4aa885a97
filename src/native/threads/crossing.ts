/**
 * What can go from one thread to another and be the same there: plain values, collections and buffers of them. A structured
 * clone would take an instance of a class too, and hand over an object without its methods.
 */
import { isPipelineError, isPlainObject, messageOf, PipelineError } from '../../core/index.ts';
import type { SentError } from './messages.ts';

const BY_VALUE: ReadonlySet<unknown> = new Set([
  Date.prototype,
  RegExp.prototype,
  ArrayBuffer.prototype,
  SharedArrayBuffer.prototype,
  Boolean.prototype,
  Number.prototype,
  String.prototype,
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((each) => each.prototype),
]);

/** Whether `value` arrives in another thread as what it is. A `Buffer` arrives as the `Uint8Array` that it is. */
export function canCross(value: unknown, met: Set<object> = new Set()): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null || met.has(value)) return true;
  met.add(value);
  const inside = (each: unknown) => canCross(each, met);
  if (Array.isArray(value)) return value.every(inside);
  if (isPlainObject(value)) return Object.values(value).every(inside);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Map.prototype) {
    return [...(value as Map<unknown, unknown>)].every(([key, each]) => inside(key) && inside(each));
  }
  if (prototype === Set.prototype) return [...(value as Set<unknown>)].every(inside);
  return ArrayBuffer.isView(value) || BY_VALUE.has(prototype);
}

const MOST_CAUSES = 5;

/** An error as it crosses. */
export function sendError(error: unknown, depth = 0): SentError {
  if (!(error instanceof Error) && !isPipelineError(error)) {
    return { kind: 'value', value: canCross(error) ? error : messageOf(error) };
  }
  const { name, message, stack = '', cause } = error;
  const below = cause === undefined || depth >= MOST_CAUSES ? {} : { cause: sendError(cause, depth + 1) };
  if (!isPipelineError(error)) return { kind: 'error', name, message, stack, ...below };
  const { code, retryable } = error;
  const details = canCross(error.details) ? error.details : {};
  return { kind: 'pipeline', code, message, stack, retryable, details, ...below };
}

/** The error that was sent. */
export function receiveError(sent: SentError): unknown {
  if (sent.kind === 'value') return sent.value;
  const cause = sent.cause === undefined ? undefined : receiveError(sent.cause);
  if (sent.kind === 'pipeline') {
    const { code, message, stack, retryable, details } = sent;
    return Object.assign(new PipelineError(code, message, { cause, details, retryable }), { stack });
  }
  const error = new Error(sent.message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name: sent.name, stack: sent.stack });
}
