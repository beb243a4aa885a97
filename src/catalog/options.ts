/**
 * What a catalog entry may say. A type lists its options as rules; {@link checkOptions} is the one pure function between
 * what the user wrote (JSON, all optional) and what the type's code uses (typed, checked).
 */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';

/** One option: what it accepts, in words and in code. Its default is the reader's business (`?? default`). */
export interface OptionRule<T> {
  /** Completes "must be …", for the error message. */
  readonly expects: string;
  /** The value to use, or `undefined` when it is refused. */
  readonly read: (value: JsonValue) => T | undefined;
  readonly required?: boolean;
}

/** Option name → rule. */
export type OptionRules = Readonly<Record<string, OptionRule<unknown>>>;

/** What a set of rules makes of an entry that keeps them. */
export type OptionValues<R extends OptionRules> = {
  readonly [K in keyof R]: R[K] extends OptionRule<infer T>
    ? R[K] extends { readonly required: true }
      ? T
      : T | undefined
    : never;
};

/** A non-empty string. */
export function text(): OptionRule<string> {
  return { expects: 'a text', read: (value) => (typeof value === 'string' && value !== '' ? value : undefined) };
}

/** `true` or `false`. */
export function flag(): OptionRule<boolean> {
  return { expects: 'true or false', read: (value) => (typeof value === 'boolean' ? value : undefined) };
}

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number): OptionRule<number> {
  return {
    expects: `a whole number from ${least} to ${most}`,
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
  };
}

/** One of the given values. */
export function oneOf<const T extends readonly (string | number | boolean)[]>(...values: T): OptionRule<T[number]> {
  return {
    expects:
      values.length === 1 ? JSON.stringify(values[0]) : `one of ${values.map((v) => JSON.stringify(v)).join(', ')}`,
    read: (value) => values.find((known) => known === value),
  };
}

/** A list of texts with no text twice. */
export function names(): OptionRule<string[]> {
  return {
    expects: 'a list of different texts',
    read: (value) =>
      Array.isArray(value) && value.every((item) => typeof item === 'string') && new Set(value).size === value.length
        ? (value as string[])
        : undefined,
  };
}

/** A mapping whose values all pass `rule`. */
export function mapping<T>(rule: OptionRule<T>): OptionRule<Record<string, T>> {
  return {
    expects: `a mapping of names to ${rule.expects}`,
    read: (value) => {
      if (!isPlainObject(value)) return undefined;
      const entries = Object.entries(value as JsonObject).map(([key, item]) => [key, rule.read(item)] as const);
      return entries.every(([, item]) => item !== undefined)
        ? (Object.fromEntries(entries) as Record<string, T>)
        : undefined;
    },
  };
}

/** Anything, as it is. */
export function anything(): OptionRule<JsonValue> {
  return { expects: 'any value', read: (value) => value };
}

/** The same rule, for an option that must be given. */
export function required<T>(rule: OptionRule<T>): OptionRule<T> & { readonly required: true } {
  return { ...rule, required: true };
}

/** What the first of the two rules that accepts it reads. */
export function either<A, B>(a: OptionRule<A>, b: OptionRule<B>): OptionRule<A | B> {
  return { expects: `${a.expects} or ${b.expects}`, read: (value) => a.read(value) ?? b.read(value) };
}

/** The rules by one name, for those who define a type of their own: `option.oneOf('a', 'b')`. */
export const option = Object.freeze({ text, flag, integer, oneOf, names, mapping, anything, either, required });

/**
 * Checks `given` against `rules`. `null` counts as not given (an empty YAML key). Throws `DATASET_INVALID` for an
 * unknown, missing or wrong option; `place` says where in the entry we are, such as `save_args`.
 */
export function checkOptions<R extends OptionRules>(
  dataset: string,
  rules: R,
  given: JsonObject,
  place?: string,
): OptionValues<R> {
  const where = place === undefined ? '' : ` in its ${place}`;
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(rules, key));
  if (unknown !== undefined) {
    throw invalid(dataset, `has an unknown option "${unknown}"${where}.${suggestion(unknown, Object.keys(rules))}`);
  }
  const values: Record<string, unknown> = {};
  for (const [key, rule] of Object.entries(rules)) {
    const value = given[key];
    if (value === undefined || value === null) {
      if (rule.required === true) throw invalid(dataset, `needs the option "${key}"${where}: ${rule.expects}.`);
      continue;
    }
    values[key] = rule.read(value);
    if (values[key] === undefined) {
      // A secret of a wrong shape is still one.
      const is = place === 'credentials' ? '' : `, and is ${shown(value)}`;
      throw invalid(dataset, `has a wrong "${key}"${where}: it must be ${rule.expects}${is}.`);
    }
  }
  return values as OptionValues<R>;
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}

function shown(value: JsonValue): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
