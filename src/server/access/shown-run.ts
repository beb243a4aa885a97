/** What a caller may see of a run, in whatever answer or event it is: no values of others, and nothing that URLs hide. */
import { type DatasetRef, isPlainObject, type JsonObject, type JsonValue } from '../../core/index.ts';
import type { RunView } from '../api.ts';
import { redactedError, redactedPlace } from '../redaction.ts';
import type { Allowance } from './allow.ts';

/** What a run has made, in a report and in a view alike. */
interface Made {
  outputs: Record<string, JsonValue>;
  references: Record<string, DatasetRef>;
  saved: DatasetRef[];
}

/** The same without datasets that are not allowed. */
export function shownResults<T extends Made>(run: T, { allowsValue }: Allowance): T {
  const allowed = <V>(all: Record<string, V>) => Object.entries(all).filter(([name]) => allowsValue(name));
  return {
    ...run,
    outputs: Object.fromEntries(allowed(run.outputs)),
    references: Object.fromEntries(allowed(run.references).map(([name, each]) => [name, redactedPlace(each)])),
    saved: run.saved.filter(({ dataset }) => allowsValue(dataset)).map(redactedPlace),
  };
}

/** The same of a whole view, of a run of any mode. */
export function shownRun(view: RunView, allowance: Allowance): RunView {
  const { error, attempts, runtime_params } = view;
  return {
    ...shownResults(view, allowance),
    runtime_params: shownParams(runtime_params, allowance),
    attempts: attempts.map((each) => (each.error === undefined ? each : { ...each, error: redactedError(each.error) })),
    ...(error === undefined ? {} : { error: redactedError(error) }),
  };
}

function shownParams(params: JsonObject, allowance: Allowance, above = ''): JsonObject {
  const shown: JsonObject = {};
  for (const [name, value] of Object.entries(params)) {
    const path = `${above}${name}`;
    if (allowance.allowsParam(path)) shown[name] = value;
    else if (isPlainObject(value) && allowance.showsParam(path))
      shown[name] = shownParams(value as JsonObject, allowance, `${path}.`);
  }
  return shown;
}
