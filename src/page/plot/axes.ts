/** What a plot of points can have on an axis, and the scale that it takes: numbers along a line, words at equal steps. */
import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import type { SweepPoint } from '../../server/index.ts';
import { figure } from '../words.ts';

/** `index`, `params.rate`, `metrics.score`. */
export interface Measure {
  id: string;
  label: string;
  read(point: SweepPoint): number | string | undefined;
}

export interface Axis {
  /** Place of a value between the two ends; undefined where it has none. */
  at(value: number | string | undefined): number | undefined;
  ticks: { at: number; text: string }[];
}

const INDEX: Measure = { id: 'index', label: 'point', read: ({ index }) => index };
const MOST_WORDS = 40;
const A_WIDE_RANGE = 100;

/** What a sweep's points can be drawn by. */
export function measuresOf(params: readonly string[], metrics: readonly string[]): { xs: Measure[]; ys: Measure[] } {
  const ofParams = params.map((name) => ({
    id: `params.${name}`,
    label: name,
    read: (point: SweepPoint) => plain(valueIn(point.params, name)),
  }));
  const ofMetrics = metrics.map((name) => ({
    id: `metrics.${name}`,
    label: name,
    read: (point: SweepPoint) => point.metrics[name],
  }));
  return { xs: [...ofParams, INDEX], ys: ofMetrics };
}

/** The axis for these values between two places, with about `steps` ticks. */
export function axisOf(values: readonly (number | string | undefined)[], ends: [number, number], steps: number): Axis {
  const known = values.filter((value) => value !== undefined);
  return known.every((value) => typeof value === 'number')
    ? numberAxis(known, ends, steps)
    : wordAxis(known.map(String), ends, steps);
}

function numberAxis(values: readonly number[], ends: [number, number], steps: number): Axis {
  const { least, most } = boundsOf(values);
  // Learning rates and the like are tried by powers: on a line all but the largest would be one heap.
  const isWide = least > 0 && most / least > A_WIDE_RANGE && new Set(values).size > 2;
  const scale = (isWide ? scaleLog() : scaleLinear()).domain([least, most]).range(ends);
  if (isWide) scale.nice();
  else scale.nice(steps);
  // A scale of powers names only some of its ticks.
  const isNamed = (tick: number) => !isWide || scale.tickFormat(steps)(tick) !== '';
  const ticks = scale.ticks(steps).filter(isNamed);
  return {
    at: (value) => (typeof value === 'number' && Number.isFinite(value) ? scale(value) : undefined),
    ticks: ticks.map((tick) => ({ at: scale(tick), text: figure(tick) })),
  };
}

function wordAxis(words: readonly string[], ends: [number, number], steps: number): Axis {
  const distinct = [...new Set(words)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const scale = scalePoint(distinct, ends).padding(0.5);
  const every = Math.max(1, Math.ceil(distinct.length / Math.min(MOST_WORDS, steps * 2)));
  return {
    at: (value) => (value === undefined ? undefined : scale(String(value))),
    ticks: distinct.filter((_, i) => i % every === 0).map((word) => ({ at: scale(word) ?? 0, text: shortened(word) })),
  };
}

/** Least and most, a little apart where they are one. */
export function boundsOf(values: readonly number[]): { least: number; most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return { least: 0, most: 1 };
  return least === most ? { least: least - 0.5, most: most + 0.5 } : { least, most };
}

function shortened(word: string): string {
  return word.length > 14 ? `${word.slice(0, 13)}…` : word;
}

function plain(value: unknown): number | string | undefined {
  if (value === undefined || typeof value === 'number') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

// A param's name may have dots where its values are nested, or be a key with dots.
function valueIn(params: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(params, name)) return params[name];
  return name.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, params);
}
