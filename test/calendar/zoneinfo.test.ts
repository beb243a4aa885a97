import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { intervalRule, intervalsBetween, planIntervals } from '../../src/calendar/index.ts';
import { type DstPolicy, type Every, intervalsOf, isoInstant } from '../../src/planner/index.ts';
import { ZONES } from './zones-under-test.ts';

interface Changes {
  days: [date: string, start: number, end: number][];
  hours: [date: string, starts: number[]][];
  rules: [
    name: string,
    gap: DstPolicy['gap'],
    overlap: DstPolicy['overlap'],
    from: number,
    to: number,
    starts: number[],
  ][];
}

const YEARS = { from: 1990, to: 2024 };

/** The local times of rules, written out: Python knows neither cron nor us. */
const RULES: Record<string, [hour: number, minute: number][]> = {
  hour: range(24).map((hour) => [hour, 0]),
  day: [[0, 0]],
  '6 hours': [0, 6, 12, 18].map((hour) => [hour, 0]),
  '30 2 * * *': [[2, 30]],
  '15 0,1,3,23 * * *': [0, 1, 3, 23].map((hour) => [hour, 15]),
  '*/20 * * * *': range(24).flatMap((hour) => [0, 20, 40].map((minute): [number, number] => [hour, minute])),
};

/** Apia's lost day of 2011 is among them. */
const RULES_FROM = 2011;

/** What `clock-changes.py` exits with where Python has no time-zone data. */
const NO_ZONES = 3;

/** One process for all zones; undefined where there is no python3 with time-zone data. */
function askPython(): Record<string, Changes> | undefined {
  const script = fileURLToPath(new URL('clock-changes.py', import.meta.url));
  const input = JSON.stringify({ zones: ZONES, ...YEARS, rules: RULES, rules_from: RULES_FROM });
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

describe.skipIf(python === undefined)('Python’s zoneinfo about the days around a change of the clocks', () => {
  test.each(ZONES)('agrees on hours, days and cron rules of %s, whatever the policy', (zone) => {
    for (const [every, gap, overlap, from, to, starts] of python?.[zone]?.rules ?? []) {
      const rule = intervalRule({ every, timeZone: zone, dst: { gap, overlap } });
      const found = intervalsBetween(rule, isoInstant(from * 1000), isoInstant(to * 1000))
        .map(({ start }) => seconds(start))
        .filter((start) => start >= from);
      expect(found, `${every} ${gap} ${overlap} from ${isoInstant(from * 1000)}`).toEqual(starts);
    }
  });

  test('was asked about changes in more than 12 zones, half-hour ones included', () => {
    const asked = ZONES.filter((zone) => (python?.[zone]?.rules.length ?? 0) > 0);
    expect(asked.length).toBeGreaterThan(12);
    expect(asked).toEqual(
      expect.arrayContaining(['Australia/Lord_Howe', 'America/St_Johns', 'Antarctica/Troll', 'Pacific/Apia']),
    );
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, value) => value);
}

/** Starts of the hours between the first instants of two days, which need not be where an hour starts. */
function hoursOf(zone: string, date: string, next: string): number[] {
  const [day] = intervals('day', zone, date, next);
  const [from, to] = [seconds(day?.start ?? ''), seconds(day?.end ?? '')];
  return intervals('hour', zone, date, next)
    .map(({ start }) => seconds(start))
    .filter((start) => start >= from && start < to);
}
