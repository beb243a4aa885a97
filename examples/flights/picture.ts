/** The picture of the report, as a Vega specification: the country's days above, the busiest airports' days below. */
import type { Spec } from 'vega';
import { grouped } from './groups.ts';
import type { AirportDay, AirportSummary, ReportOptions } from './types.ts';

const WIDTH = 910;
const ROW = 17;
const FONT = 'Helvetica, Arial, sans-serif';
const LATE = '#b5402f';

export function drawDelays(days: AirportDay[], airports: AirportSummary[], options: ReportOptions): Spec {
  const { least_flights, late_minutes } = options;
  const shown = new Set(airports.map((each) => each.origin));
  const cells = days.filter((each) => shown.has(each.origin) && each.flights >= least_flights);
  const country = perDay(days).filter((each) => each.flights >= least_flights);
  const byDelay = [...airports].sort((a, b) => b.mean_delay - a.mean_delay).map((each) => each.origin);
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 16,
    title: {
      text: 'Late flights in the United States, 2001',
      subtitle: subtitleOf(days, late_minutes),
      anchor: 'start',
      font: FONT,
      fontSize: 18,
      subtitleFont: FONT,
      subtitleFontSize: 12,
      subtitleColor: '#555',
      offset: 14,
    },
    config: { axis: { labelFont: FONT, titleFont: FONT, titleFontWeight: 'normal', labelColor: '#333' } },
    layout: { columns: 1, padding: { row: 18 }, align: { row: 'none', column: 'all' }, bounds: 'full' },
    data: [
      { name: 'country', values: country },
      { name: 'cells', values: cells.map(withInstants) },
    ],
    scales: [
      { name: 'day', type: 'utc', domain: domainOf(country), range: [0, WIDTH] },
      {
        name: 'heat',
        type: 'linear',
        domain: [-10, 0, 20, 60],
        clamp: true,
        range: ['#3b6fa0', '#f4f1ec', '#e3a08a', '#8c1c13'],
      },
    ],
    marks: [bars(), heatmap(byDelay)],
  };
}

function subtitleOf(days: readonly AirportDay[], lateMinutes: number): string {
  const flights = days.reduce((sum, day) => sum + day.flights, 0).toLocaleString('en-US');
  return `${flights} flights by the airport they left from; late is ${lateMinutes} minutes or more at arrival`;
}

const DAY_MS = 86_400_000;

function withInstants(day: AirportDay) {
  const at = Date.parse(day.day);
  return { ...day, at, until: at + DAY_MS };
}

function domainOf(days: readonly { at: number; until: number }[]): [number, number] {
  return [Math.min(...days.map((day) => day.at)), Math.max(...days.map((day) => day.until))];
}

function perDay(days: readonly AirportDay[]) {
  return [...grouped(days, (each) => each.day)].map(([day, its]) => {
    const flights = its.reduce((sum, each) => sum + each.flights, 0);
    const late = its.reduce((sum, each) => sum + each.late, 0);
    const at = Date.parse(day);
    return { at, until: at + DAY_MS, flights, late_percent: (100 * late) / flights };
  });
}

type Mark = NonNullable<Spec['marks']>[number];

function bars(): Mark {
  return {
    type: 'group',
    encode: { update: { width: { value: WIDTH }, height: { value: 90 } } },
    scales: [
      {
        name: 'y',
        type: 'linear',
        domain: { data: 'country', field: 'late_percent' },
        range: [90, 0],
        zero: true,
        nice: true,
      },
    ],
    axes: [
      { orient: 'left', scale: 'y', title: '% late', tickCount: 3, grid: true, gridColor: '#e5e5e5', domain: false },
      { orient: 'bottom', scale: 'day', format: '%B', tickCount: 'month', labels: false, ticks: false },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'country' },
        encode: {
          update: {
            x: { scale: 'day', field: 'at' },
            x2: { scale: 'day', field: 'until', offset: -0.8 },
            y: { scale: 'y', field: 'late_percent' },
            y2: { scale: 'y', value: 0 },
            fill: { value: LATE },
          },
        },
      },
    ],
  };
}

function heatmap(airports: readonly string[]): Mark {
  const height = airports.length * ROW;
  return {
    type: 'group',
    encode: { update: { width: { value: WIDTH }, height: { value: height } } },
    scales: [{ name: 'airport', type: 'band', domain: [...airports], range: [0, height], padding: 0.06 }],
    axes: [
      { orient: 'left', scale: 'airport', domain: false, ticks: false, labelPadding: 6 },
      { orient: 'bottom', scale: 'day', format: '%B', tickCount: 'month', labelAlign: 'left', labelOffset: 4 },
    ],
    legends: [
      {
        fill: 'heat',
        type: 'gradient',
        title: 'mean delay, minutes',
        orient: 'bottom',
        direction: 'horizontal',
        gradientLength: 260,
        titleFont: FONT,
        labelFont: FONT,
        titleFontWeight: 'normal',
      },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'cells' },
        encode: {
          update: {
            x: { scale: 'day', field: 'at' },
            x2: { scale: 'day', field: 'until', offset: -0.5 },
            y: { scale: 'airport', field: 'origin' },
            height: { scale: 'airport', band: 1 },
            fill: { scale: 'heat', field: 'mean_delay' },
          },
        },
      },
    ],
  };
}
