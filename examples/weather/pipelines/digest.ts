/** A day in a sentence. */
import { node, pipeline } from 'kedro-temporal';
import type { DayFeatures } from '../types.ts';

export function tellDay([day]: DayFeatures[]): string {
  if (day === undefined) throw new Error('there are no features of this day');
  const rain = day.precipitation_mm > 0 ? `${day.precipitation_mm} mm of rain` : dryness(day.dry_days_before + 1);
  const trend = day.warming_c === null ? '' : `, ${Math.abs(day.warming_c).toFixed(1)} °C ${trendOf(day.warming_c)}`;
  return `${day.date}: ${day.temp_min_c} to ${day.temp_max_c} °C${trend}; ${rain}.\n`;
}

function trendOf(warming: number): string {
  return `${warming >= 0 ? 'warmer' : 'colder'} than the days before`;
}

function dryness(days: number): string {
  return days === 1 ? 'dry' : `dry for ${days} days`;
}

export default pipeline([node(tellDay, { inputs: 'day_features', outputs: 'day_digest', name: 'tell_day' })], {
  tags: 'daily',
});
