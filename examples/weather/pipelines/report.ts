/** A year's months at a glance, from the features of its days. */
import { node, pipeline } from 'kedro-temporal';
import type { DayFeatures, MonthReport } from '../types.ts';

export function reportMonths(days: DayFeatures[]): MonthReport[] {
  const months = new Map<string, DayFeatures[]>();
  for (const day of days) {
    const month = day.date.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  return [...months].map(([month, its]) => reportMonth(month, its));
}

function reportMonth(month: string, days: readonly DayFeatures[]): MonthReport {
  const wet = days.filter((day) => day.precipitation_mm > 0);
  return {
    month,
    days: days.length,
    mean_c: tenth(days.reduce((sum, day) => sum + day.temp_mean_c, 0) / days.length),
    warmest_c: Math.max(...days.map((day) => day.temp_max_c)),
    coldest_c: Math.min(...days.map((day) => day.temp_min_c)),
    rain_mm: tenth(days.reduce((sum, day) => sum + day.precipitation_mm, 0)),
    wet_days: wet.length,
    longest_dry: longestDry(days),
  };
}

function longestDry(days: readonly DayFeatures[]): number {
  let [longest, current] = [0, 0];
  for (const day of days) {
    current = day.precipitation_mm > 0 ? 0 : current + 1;
    longest = Math.max(longest, current);
  }
  return longest;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export default pipeline([
  node(reportMonths, { inputs: 'year_features', outputs: 'monthly_report', name: 'report_months' }),
]);
