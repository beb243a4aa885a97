/** A day of flights: how late they were, airport by airport. */
import { node, pipeline } from 'kedro-temporal';
import type { AirportDay } from '../types.ts';

export function nameDay(rows: Omit<AirportDay, 'day'>[], day: string): AirportDay[] {
  if (rows.length === 0) throw Object.assign(new Error(`There are no flights on ${day}.`), { nonRetryable: true });
  return rows.map((row) => ({ day, ...row, mean_delay: tenth(row.mean_delay), p90_delay: tenth(row.p90_delay) }));
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export default pipeline([
  node(nameDay, { inputs: ['delays_by_origin', 'params:day'], outputs: 'airport_delays', name: 'name_day' }),
]);
