/** What a day looks like beside the days before it. */
import { node, pipeline } from 'kedro-temporal';
import type { CleanDay, DayFeatures, RawDay } from '../types.ts';

export function describeDay(day: CleanDay, before: RawDay[]): DayFeatures[] {
  const means = before.map((each) => (each.temp_max + each.temp_min) / 2);
  const meanBefore = means.length === 0 ? null : means.reduce((sum, mean) => sum + mean, 0) / means.length;
  return [
    {
      date: day.date,
      precipitation_mm: day.precipitation_mm,
      temp_max_c: day.temp_max_c,
      temp_min_c: day.temp_min_c,
      temp_mean_c: day.temp_mean_c,
      days_before: before.length,
      mean_before_c: round(meanBefore),
      warming_c: round(meanBefore === null ? null : day.temp_mean_c - meanBefore),
      rain_before_mm: round(before.reduce((sum, each) => sum + each.precipitation, 0)) ?? 0,
      dry_days_before: dryDaysAtEnd(before),
    },
  ];
}

function dryDaysAtEnd(before: readonly RawDay[]): number {
  const lastWet = before.findLastIndex((each) => each.precipitation > 0);
  return before.length - 1 - lastWet;
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}

export default pipeline(
  [node(describeDay, { inputs: ['clean_day', 'days_before'], outputs: 'day_features', name: 'describe_day' })],
  { tags: 'daily' },
);
