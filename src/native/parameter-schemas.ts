/**
 * Schemas that a project gives for its parameters. A schema sees the parameter as configuration and runtime params have filled
 * it, and nodes get what it returns.
 *
 * 1. Only what a run's plan uses is validated: the parameter itself, a part of it, or what it is a part of.
 * 2. An outer parameter comes before its parts, so a part's schema sees what the outer one has made of it.
 * 3. What has been found valid is kept by the identity of the frozen value, so it is validated once for all runs whose params
 *    do not change it. A result that is no JSON (a date, a class instance) could be changed by a node: it is made per run.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { freezeDeep, isJson, isPlainObject, type JsonObject, messageOf, PipelineError } from '../core/index.ts';
import { isParameter } from '../pipeline/index.ts';
import type { RunPlan } from '../runner/index.ts';
import { parameterInvalid, type Source } from './parameter-issues.ts';
import { keysOf, valueAt, withValueAt } from './parameter-paths.ts';

/** What a schema makes of a value: the same as anything of Standard Schema returns. */
type Outcome = StandardSchemaV1.Result<unknown>;
export type Maybe<T> = T | Promise<T>;

interface ParameterSchema {
  /** Dotted name; empty for all parameters. */
  readonly name: string;
  readonly validate: (value: unknown) => Maybe<Outcome>;
}

/** Where the values to be validated come from, and whether they may be kept. */
interface Given {
  readonly source: Source;
  readonly isFrozen: boolean;
}

export class ParameterSchemas {
  readonly #schemas: readonly ParameterSchema[];
  readonly #usedBy = new WeakMap<RunPlan, readonly ParameterSchema[]>();
  readonly #valid = new WeakMap<readonly ParameterSchema[], WeakMap<JsonObject, JsonObject>>();
  readonly #outcomes = new WeakMap<ParameterSchema, WeakMap<object, Outcome>>();

  constructor(schemas: readonly ParameterSchema[]) {
    this.#schemas = schemas;
    for (const schema of schemas) this.#outcomes.set(schema, new WeakMap());
  }

  /** The parameters as the nodes of a plan get them; a promise only where a schema needs one. Throws `PARAMETER_INVALID`. */
  fit(plan: RunPlan, parameters: JsonObject, runtimeParams: JsonObject): Maybe<JsonObject> {
    const schemas = this.#usedIn(plan);
    if (schemas.length === 0) return parameters;
    const known = this.#valid.get(schemas)?.get(parameters);
    if (known !== undefined) return known;
    const fitted = this.#fitAll(schemas, parameters, { source: { kind: 'filled', runtimeParams }, isFrozen: true });
    return after(fitted, (valid) => {
      // The tree is new where a schema changed it; it may be kept unless a node could change it.
      if (isJson(valid)) this.#valid.get(schemas)?.set(parameters, valid);
      return valid;
    });
  }

  /** What a run is given in place of the parameter `path`, as nodes get it. Throws `PARAMETER_INVALID`. */
  fitGiven(path: string, value: unknown): Maybe<unknown> {
    const isPart = ({ name }: ParameterSchema) => path === '' || name === path || name.startsWith(`${path}.`);
    const schemas = this.#schemas.filter(isPart);
    if (schemas.length === 0) return value;
    const keys = path === '' ? [] : path.split('.');
    const tree = withValueAt({}, keys, value);
    const fitted = this.#fitAll(schemas, tree as JsonObject, { source: { kind: 'given' }, isFrozen: false });
    return after(fitted, (valid) => valueAt(valid, keys));
  }

  #usedIn(plan: RunPlan): readonly ParameterSchema[] {
    const known = this.#usedBy.get(plan);
    if (known !== undefined) return known;
    const used = plan.slots.filter((slot) => slot.kind === 'parameter').map((slot) => parameterOf(slot.name));
    const schemas = this.#schemas.filter(({ name }) => used.some((path) => isRelated(name, path)));
    this.#usedBy.set(plan, schemas);
    this.#valid.set(schemas, new WeakMap());
    return schemas;
  }

  #fitAll(schemas: readonly ParameterSchema[], tree: JsonObject, given: Given): Maybe<JsonObject> {
    return schemas.reduce<Maybe<JsonObject>>(
      (before, schema) => after(before, (now) => this.#fitOne(schema, now, given)),
      tree,
    );
  }

  #fitOne(schema: ParameterSchema, tree: JsonObject, given: Given): Maybe<JsonObject> {
    const keys = keysOf(tree, schema.name);
    const value = valueAt(tree, keys);
    return after(this.#outcomeOf(schema, value, given), (outcome) => {
      if (outcome.issues !== undefined) {
        // A parameter that is not there is missed by the node that needs it, if any: the schema was asked for a default.
        if (value === undefined) return tree;
        throw parameterInvalid(schema.name, outcome.issues, given.source);
      }
      return outcome.value === value ? tree : (withValueAt(tree, keys, outcome.value) as JsonObject);
    });
  }

  #outcomeOf(schema: ParameterSchema, value: unknown, { isFrozen, source }: Given): Maybe<Outcome> {
    const known = this.#outcomes.get(schema);
    const key = isFrozen && typeof value === 'object' && value !== null ? value : undefined;
    const before = key === undefined ? undefined : known?.get(key);
    if (before !== undefined) return before;
    const isPlain = isJson(value);
    // A schema may change what it is given: it gets a copy where there can be one.
    return after(validated(schema, isPlain ? structuredClone(value) : value, source), (outcome) => {
      if (!isFrozen || outcome.issues !== undefined) return outcome;
      freezeDeep(outcome.value);
      if (key !== undefined && isPlain && isJson(outcome.value)) known?.set(key, outcome);
      return outcome;
    });
  }
}

/** The schemas of a project; undefined where it has none. Throws `PROJECT_SETTINGS_INVALID`. */
export function parameterSchemas(settings: Readonly<Record<string, unknown>>): ParameterSchemas | undefined {
  const schemas = Object.entries(settings).map(([name, schema]): ParameterSchema => {
    if (!isStandardSchema(schema)) throw noSchema(name);
    return { name: parameterOf(name), validate: (value) => schema['~standard'].validate(value) };
  });
  const depthOf = ({ name }: ParameterSchema) => (name === '' ? 0 : name.split('.').length);
  return schemas.length === 0 ? undefined : new ParameterSchemas(schemas.sort((a, b) => depthOf(a) - depthOf(b)));
}

/** The dotted name of a parameter that a node or a setting names; empty for all of them. */
export function parameterOf(name: string): string {
  if (name === 'parameters') return '';
  return isParameter(name) ? name.slice('params:'.length) : name;
}

function isRelated(a: string, b: string): boolean {
  return a === '' || b === '' || a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

function validated({ name, validate }: ParameterSchema, value: unknown, source: Source): Maybe<Outcome> {
  const failed = (cause: unknown): never => {
    throw parameterInvalid(name, [{ message: `its schema failed: ${messageOf(cause)}` }], source, cause);
  };
  try {
    const outcome = validate(value);
    return outcome instanceof Promise ? outcome.catch(failed) : outcome;
  } catch (cause) {
    return failed(cause);
  }
}

/** Goes on at once where there is nothing to wait for. */
export function after<T, U>(before: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return before instanceof Promise ? before.then(next) : next(before);
}

function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard: unknown = (value as Record<string, unknown>)['~standard'];
  return isPlainObject(standard) && typeof standard.validate === 'function';
}

function noSchema(name: string): PipelineError {
  return new PipelineError(
    'PROJECT_SETTINGS_INVALID',
    `The setting parameterSchemas has "${name}", which is no schema; give one of zod or of another library of Standard Schema.`,
    { details: { parameter: name } },
  );
}
