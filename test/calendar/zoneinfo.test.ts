import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { planIntervals } from '../../src/calendar/index.ts';
import { type Every, intervalsOf } from '../../src/planner/index.ts';
import { ZONES } from './zones-under-test.ts';

interface Changes {
  days: [date: string, start: number, end: number][];
  hours: [date: string, starts: number[]][];
}

const YEARS = { from: 1990, to: 2024 };

/** What `clock-changes.py` exits with where Python has no time-zone data. */
const NO_ZONES = 3;

/** One process for all zones; undefined where there is no python3 with time-zone data. */
function askPython(): Record<string, Changes> | undefined {
  const script = fileURLToPath(new URL('clock-changes.py', import.meta.url));
  const input = JSON.stringify({ zones: ZONES, ...YEARS });
  const { error, status, stdout, stderr } = spawnSync('python3', [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (error !== undefined || status === NO_ZONES) return undefined;
  if (status !== 0) throw new Error(`clock-changes.py failed: ${stderr}`);
  return JSON.parse(stdout);
}

function seconds(instant: string): number {
  return Date.parse(instant) / 1000;
}

function intervals(every: Every, timeZone: string, from: string, to: string) {
  return [...intervalsOf(planIntervals({ every, from, to, timeZone }))];
}

const python = askPython();

describe.skipIf(python === undefined)('Python’s zoneinfo (needs python3 with time-zone data)', () => {
  test('was asked about more than 12 zones whose clocks change', () => {
    const changing = Object.values(python ?? {}).filter(({ days }) => days.length > 1);
    expect(changing.length).toBeGreaterThan(12);
  });

  test.each(ZONES)('agrees on each day of %s that does not have 24 hours', (zone) => {
    const days = intervals('day', zone, String(YEARS.from), String(YEARS.to))
      .map(({ key, start, end }): [string, number, number] => [key, seconds(start), seconds(end)])
      .filter(([, start, end]) => end - start !== 86_400);
    expect(days).toEqual(python?.[zone]?.days);
  });

  test.each(ZONES)('agrees on the hours of each such day of %s', (zone) => {
    for (const [date, starts] of python?.[zone]?.hours ?? []) {
      const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
      const found = hoursOf(zone, date, next);
      expect(found, date).toEqual(starts);
    }
  });
});

/** Starts of the hours between the first instants of two days, which need not be where an hour starts. */
function hoursOf(zone: string, date: string, next: string): number[] {
  const [day] = intervals('day', zone, date, next);
  const [from, to] = [seconds(day?.start ?? ''), seconds(day?.end ?? '')];
  return intervals('hour', zone, date, next)
    .map(({ start }) => seconds(start))
    .filter((start) => start >= from && start < to);
}
