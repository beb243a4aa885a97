import { isPlainObject, type JsonValue, PipelineError, type RunReport, suggestion } from '../core/index.ts';

/** Where a metric is: an output of a run, and a path inside its value. */
export interface MetricPlace {
  dataset: string;
  path: readonly string[];
}

/**
 * The place of `metric` among outputs of these names: `score`, or `score.r2` where the output is an object, `losses.0` where
 * it is a list. A name may hold dots itself; the longest one that fits is meant. Undefined when none does.
 */
export function metricPlace(metric: string, names: Iterable<string>): MetricPlace | undefined {
  const known = new Set(names);
  const parts = metric.split('.');
  for (let size = parts.length; size > 0; size--) {
    const dataset = parts.slice(0, size).join('.');
    if (known.has(dataset)) return { dataset, path: parts.slice(size) };
  }
  return undefined;
}

/** The number at `path` inside `value`; undefined when there is none. */
export function numberAt(value: JsonValue | undefined, path: readonly string[]): number | undefined {
  let at: unknown = value;
  for (const key of path) {
    const isInside = (Array.isArray(at) || isPlainObject(at)) && Object.hasOwn(at, key);
    at = isInside ? (at as Record<string, unknown>)[key] : undefined;
  }
  return typeof at === 'number' && Number.isFinite(at) ? at : undefined;
}

/**
 * The value of a metric in the report of a run. Throws `METRIC_INVALID` where the output has no finite number there, and
 * `REQUEST_INVALID` where no run of that request would ever have it.
 */
export function metricIn({ outputs, references }: Pick<RunReport, 'outputs' | 'references'>, metric: string): number {
  const names = [...Object.keys(outputs), ...Object.keys(references)];
  const place = metricPlace(metric, names);
  if (place === undefined) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `The metric "${metric}" is in no output of the run.${suggestion(metric, names)}`,
      { details: { metric } },
    );
  }
  const { dataset, path } = place;
  if (references[dataset]?.filepath !== undefined) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `The metric "${metric}" is in "${dataset}", which is saved and not returned: name it in the request's "outputs".`,
      { details: { metric, dataset } },
    );
  }
  const value = numberAt(outputs[dataset], path);
  if (value !== undefined) return value;
  throw new PipelineError(
    'METRIC_INVALID',
    `The output "${dataset}" has no finite number for the metric "${metric}".`,
    { details: { metric, dataset } },
  );
}
