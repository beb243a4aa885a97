/**
 * A run's parameters: filled from configuration and runtime params, held against the project's schemas, put into the plan's
 * slots before the first node runs.
 */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../core/index.ts';
import { isParameter } from '../pipeline/index.ts';
import type { RunPlan, Slot } from '../runner/index.ts';
import { after, type Maybe, type ParameterSchemas, parameterOf } from './parameter-schemas.ts';

/** Where parameters come from. */
export interface ParameterSource {
  /**
   * All of them: deep-frozen, and the same object as long as nothing in it depends on the run; or those keys of the top level.
   * Asked only where a plan uses parameters.
   */
  readonly fill: (only?: ReadonlySet<string>) => JsonObject;
  readonly runtimeParams: JsonObject;
  /** Undefined where the project has none. */
  readonly schemas: ParameterSchemas | undefined;
}

/**
 * Puts the parameters that a plan uses into its slots; those that the run is given as data are in `values` already.
 * Undefined where nothing has to be waited for. Throws `PARAMETER_NOT_FOUND`, `PARAMETER_INVALID` and what filling throws.
 */
export function placeParameters(plan: RunPlan, values: unknown[], source: ParameterSource): Promise<void> | undefined {
  const slots = plan.slots.filter((slot) => slot.kind === 'parameter' && values[slot.index] === undefined);
  const placed = after(placeGiven(plan, values, source.schemas), () => placeFilled(plan, slots, values, source));
  return placed instanceof Promise ? placed : undefined;
}

function placeFilled(plan: RunPlan, slots: readonly Slot[], values: unknown[], source: ParameterSource): Maybe<void> {
  if (slots.length === 0) return;
  const paths = slots.map((slot) => parameterOf(slot.name));
  // Schemas remember the whole by its identity.
  const isPart = source.schemas === undefined && !paths.includes('');
  const filled = source.fill(isPart ? topKeys(paths) : undefined);
  return after(source.schemas?.fit(plan, filled, source.runtimeParams) ?? filled, (parameters) => {
    for (const slot of slots) {
      const path = parameterOf(slot.name);
      values[slot.index] = path === '' ? parameters : parameterAt(parameters, path, source);
    }
  });
}

// Data of the run in place of a parameter has to fit as well.
function placeGiven(plan: RunPlan, values: unknown[], schemas: ParameterSchemas | undefined): Maybe<void> {
  if (schemas === undefined) return;
  const isGiven = (slot: Slot) =>
    slot.kind !== 'parameter' && isParameter(slot.name) && values[slot.index] !== undefined;
  return plan.slots.filter(isGiven).reduce<Maybe<void>>(
    (before, slot) =>
      after(before, () =>
        after(schemas.fitGiven(parameterOf(slot.name), values[slot.index]), (value) => {
          values[slot.index] = value;
        }),
      ),
    undefined,
  );
}

// A key may hold dots itself.
function topKeys(paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths.flatMap((path) => [path, path.split('.', 1)[0] as string]));
}

/** The parameter at a path of keys, `a.b.c`; a key that holds dots itself is found too. */
function parameterAt(parameters: JsonObject, path: string, source: ParameterSource): JsonValue {
  if (isPlainObject(parameters) && Object.hasOwn(parameters, path)) return parameters[path] as JsonValue;
  let at: JsonValue = parameters;
  for (const key of path.split('.')) {
    const inside: JsonObject = isPlainObject(at) ? (at as JsonObject) : {};
    if (!Object.hasOwn(inside, key)) throw notFound(path, key, Object.keys(at === parameters ? source.fill() : inside));
    at = inside[key] as JsonValue;
  }
  return at;
}

function notFound(path: string, key: string, known: string[]): PipelineError {
  return new PipelineError(
    'PARAMETER_NOT_FOUND',
    `There is no parameter "${path}"; add it to parameters.yml or give it in runtimeParams.${suggestion(key, known)}`,
    {
      details: { parameter: path },
    },
  );
}
