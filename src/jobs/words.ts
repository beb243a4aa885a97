/** Words that several tables of `temporal.yml` share: names, durations, lists, and the short forms of each. */
import { msToNumber } from '@temporalio/common/lib/time.js';
import { z } from 'zod';

export const text = z.string().min(1);
export const whole = z.int().min(1);
export const flag = z.boolean();
export const params = z.record(z.string(), z.json());

/** A name of the file's own: of a job, a part, a pool. */
export const name = z
  .string()
  .regex(/^[\w.-]+$/, 'may hold letters, digits, "_", "-" and "." only: it is a part of ids and file names.');

/** An object whose unknown keys are errors; the message is the keys that there are, for a close match. */
export function strict<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

/** Entries by name; one without a value has no options. */
export function tableOf<T extends z.ZodType>(entry: T) {
  return z.record(name, orNothing(entry));
}

/** `a`, or `[a, b]`. */
export function oneOrMore<T extends z.ZodType>(entry: T) {
  return z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(entry));
}

export const names = oneOrMore(text);

/** `text`, where the long form is an object that has it at `key`. */
export function orShort<T extends z.ZodType>(key: string, long: T) {
  return z.preprocess((value) => (typeof value === 'string' ? { [key]: value } : value), long);
}

/** `key:` without a value, for an object without options. */
export function orNothing<T extends z.ZodType>(entry: T) {
  return z.preprocess((value) => (value === null ? {} : value), entry);
}

/** The name of an entry elsewhere in the file, or the entry itself. */
export function nameOr<T extends z.ZodType>(entry: T) {
  return z.unknown().transform((value, context): { name: string } | { own: z.output<T> } => {
    if (typeof value === 'string') return { name: value };
    const read = entry.safeParse(value ?? {}, { reportInput: true });
    if (read.success) return { own: read.data };
    for (const issue of read.error.issues) context.issues.push({ ...issue, input: issue.input } as never);
    return z.NEVER;
  });
}

/** A duration of Temporal's, as milliseconds. */
export const duration = z.unknown().transform((value, context) => {
  const ms = durationMs(value);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `is ${JSON.stringify(value)}, which is no duration. Write one like "30 seconds", "5m", "1h" or "2 days", or a number of milliseconds.`,
  });
  return z.NEVER;
});

/** Milliseconds of a text or a number, as Temporal reads them; undefined for anything else. */
export function durationMs(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  try {
    const ms = msToNumber(value as Parameters<typeof msToNumber>[0]);
    return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
  } catch {
    return undefined;
  }
}
