/** A day's readings, checked and cleaned. */
import { node, pipeline } from 'kedro-temporal';
import type { CleanDay, RawDay } from '../types.ts';

interface Limits {
  warmest: number;
  coldest: number;
}

export function checkDay(rows: RawDay[], limits: Limits): RawDay {
  const [day, ...others] = rows;
  if (day === undefined) throw new Error('the station has no readings for this day');
  if (others.length > 0) throw new Error(`the station has ${rows.length} rows for ${day.date}`);
  if (day.temp_max > limits.warmest || day.temp_min < limits.coldest || day.temp_min > day.temp_max) {
    throw new Error(`the temperatures of ${day.date} cannot be right: ${day.temp_min} to ${day.temp_max} °C`);
  }
  return day;
}

export function cleanDay(day: RawDay): CleanDay {
  return {
    date: day.date,
    precipitation_mm: Math.max(0, day.precipitation),
    temp_max_c: day.temp_max,
    temp_min_c: day.temp_min,
    temp_mean_c: Math.round((day.temp_max + day.temp_min) * 5) / 10,
    wind_m_s: day.wind,
    sky: day.weather,
  };
}

export default pipeline(
  [
    node(checkDay, { inputs: ['raw_day', 'params:clean'], outputs: 'checked_day', name: 'check_day' }),
    node(cleanDay, { inputs: 'checked_day', outputs: 'clean_day', name: 'clean_day' }),
  ],
  { tags: 'daily' },
);
