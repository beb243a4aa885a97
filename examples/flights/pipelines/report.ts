/** All days at a glance: a table of the busiest airports, and a picture of their days. */
import { node, pipeline } from 'kedro-temporal';
import { grouped } from '../groups.ts';
import { drawDelays } from '../picture.ts';
import type { AirportDay, AirportSummary, ReportOptions } from '../types.ts';

export function summarizeAirports(days: AirportDay[], options: ReportOptions): AirportSummary[] {
  const airports = grouped(days, (each) => each.origin);
  return [...airports.values()]
    .map((its) => summarize(its, options.least_flights))
    .sort((a, b) => b.flights - a.flights)
    .slice(0, options.airports);
}

function summarize(days: AirportDay[], least: number): AirportSummary {
  const sum = (of: (day: AirportDay) => number) => days.reduce((total, day) => total + of(day), 0);
  const flights = sum((day) => day.flights);
  const busy = days.filter((day) => day.flights >= least);
  const worst = (busy.length > 0 ? busy : days).reduce((a, b) => (b.mean_delay > a.mean_delay ? b : a));
  return {
    origin: worst.origin,
    days: days.length,
    flights,
    late_percent: tenth((100 * sum((day) => day.late)) / flights),
    mean_delay: tenth(sum((day) => day.mean_delay * day.flights) / flights),
    worst_day: worst.day,
    worst_day_mean: worst.mean_delay,
  };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export default pipeline([
  node(summarizeAirports, {
    inputs: ['all_delays', 'params:report'],
    outputs: 'airport_summary',
    name: 'summarize_airports',
  }),
  node(drawDelays, {
    inputs: ['all_delays', 'airport_summary', 'params:report'],
    outputs: 'delay_picture',
    name: 'draw_delays',
  }),
]);
