/** What holds for each rule: units, several of them, cron, lists; each policy; with and without a calendar. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type IntervalRule,
  intervalOfKey,
  intervalRule,
  intervalsBetween,
  lastIntervalBefore,
  nextBoundaryAfter,
  planIntervals,
} from '../../src/calendar/index.ts';
import { type FrozenPlan, type Interval, indexOfKey, intervalAt, intervalsOf } from '../../src/planner/index.ts';
import { type RuleSample, rangeOf, ruleSamples } from './rules-under-test.ts';
import { clockAt } from './zones-under-test.ts';

interface Sample {
  rule: IntervalRule;
  /** The rule without its calendar. */
  plain: IntervalRule;
  from: string;
  to: string;
  /** Of the plain rule. */
  all: Interval[];
  /** Of the rule; undefined where the calendar leaves all of the range out. */
  plan: FrozenPlan | undefined;
  intervals: Interval[];
}

function prepare(sample: RuleSample): Sample | undefined {
  const range = rangeOf(sample);
  if (range === undefined) return undefined;
  const { rule } = sample;
  const { calendar: _, ...plain } = rule;
  const all = [...intervalsOf(planIntervals({ ...plain, ...range }))];
  const isEmpty = all.every((interval) => !isIn(rule, interval));
  const plan = isEmpty ? undefined : planIntervals({ ...rule, ...range });
  return { rule, plain, ...range, all, plan, intervals: plan === undefined ? [] : [...intervalsOf(plan)] };
}

/** Whether the calendar has the date of a key, by Temporal's own calendar; a week's or a month's is its first day. */
function isIn({ calendar, timeZone }: IntervalRule, { key, start }: Interval): boolean {
  const date = /^\d{4}-\d\d-\d\d/.test(key) ? key.slice(0, 10) : clockAt(start, timeZone).toPlainDate().toString();
  const weekday = new Date(`${date}T00:00Z`).toUTCString().slice(0, 3).toLowerCase();
  const days: readonly string[] = Array.isArray(calendar?.weekdays) ? calendar.weekdays : [weekday];
  const isExcluded = calendar?.exclude?.some((text) => {
    const [from = '', to = from] = text.split('..');
    const day = from.length === 5 ? date.slice(5) : date;
    return from <= to ? from <= day && day <= to : from <= day || day <= to;
  });
  return days.includes(weekday) && isExcluded !== true;
}

function check(property: (sample: Sample, pick: (below: number) => number) => void, numRuns: number): void {
  const picks = fc.infiniteStream(fc.nat());
  fc.assert(
    fc.property(ruleSamples, picks, (random, stream) => {
      const sample = prepare(random);
      fc.pre(sample !== undefined);
      property(sample, (below) => stream.next().value % below);
    }),
    { numRuns },
  );
}

const bare = (interval: Interval | undefined) => interval && { ...interval, index: undefined };
const { stringify } = JSON;

describe('any rule', { timeout: 240_000 }, () => {
  test('its intervals cover the range exactly once, and each has a key of its own', () => {
    check(({ all, from, to }) => {
      expect(all[0]?.start).toBe(from);
      expect(all.at(-1)?.end).toBe(to);
      all.forEach((interval, index) => {
        expect(interval.index).toBe(index);
        expect(Date.parse(interval.end)).toBeGreaterThan(Date.parse(interval.start));
        if (index > 0) expect(interval.start).toBe(all[index - 1]?.end);
        expect(interval.key).toMatch(/^\d{4}[\dTWQ+-]*$/);
      });
      expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    }, 400);
  });

  test('a calendar leaves out whole intervals by the date on which they start, and moves none', () => {
    check(({ rule, all, intervals }) => {
      const left = all.filter((interval) => isIn(rule, interval));
      expect(intervals.map(bare)).toEqual(left.map(bare));
      expect(intervals.map(({ index }) => index)).toEqual(left.map((_, index) => index));
    }, 300);
  });

  test('an interval is found by its index and by its key, in a plan and in the rule', () => {
    check(({ rule, plan, intervals, all }, pick) => {
      expect(plan?.count ?? 0).toBe(intervals.length);
      for (const interval of intervals) {
        expect(plan && intervalAt(plan, interval.index)).toEqual(interval);
        expect(plan && indexOfKey(plan, interval.key)).toBe(interval.index);
      }
      const any = all[pick(all.length)];
      const found = intervalOfKey(rule, any?.key ?? '');
      const isLeft = intervals.some(({ key }) => key === any?.key);
      expect(found && { ...found, index: undefined }).toEqual(isLeft ? bare(any) : undefined);
    }, 200);
  });

  test('a part of a range has the keys and instants of the whole, and parts that touch are the whole', () => {
    check(({ plain, all, from, to }, pick) => {
      const middle = pick(all.length);
      const keyOrEnd = (index: number) => all[index]?.key ?? to;
      const parts = [
        ...(middle === 0 ? [] : [planIntervals({ ...plain, from, to: keyOrEnd(middle) })]),
        planIntervals({ ...plain, from: keyOrEnd(middle), to }),
      ];
      expect(parts.flatMap((part) => [...intervalsOf(part)]).map(bare)).toEqual(all.map(bare));
    }, 200);
  });

  test('the last interval before an instant, and the next boundary after it, are those of the plan', () => {
    check(({ rule, all, intervals, to }, pick) => {
      const interval = all[pick(all.length)] as Interval;
      const inside = Date.parse(interval.start) + pick(Date.parse(interval.end) - Date.parse(interval.start));
      const at = new Date(inside).toISOString();
      expect(nextBoundaryAfter(rule, at)).toBe(interval.end);
      const ended = intervals.filter(({ end }) => Date.parse(end) <= inside).at(-1);
      const last = lastIntervalBefore(rule, at);
      if (ended !== undefined) expect(last).toEqual({ key: ended.key, start: ended.start, end: ended.end });
      else expect(last === undefined || last.end <= (all[0]?.start ?? to)).toBe(true);
    }, 200);
  });

  test('the intervals between two instants are those that overlap', () => {
    check(({ rule, intervals, from, to }, pick) => {
      const length = Date.parse(to) - Date.parse(from);
      const a = Date.parse(from) + pick(length);
      const b = a + 1 + pick(length);
      const end = Math.min(b, Date.parse(to));
      const found = intervalsBetween(rule, new Date(a).toISOString(), new Date(end).toISOString());
      const overlapping = intervals.filter((each) => Date.parse(each.start) < end && Date.parse(each.end) > a);
      expect(found).toEqual(overlapping.map(({ key, start, end }) => ({ key, start, end })));
    }, 200);
  });

  test('is plain JSON and reads itself', () => {
    check(({ rule, plan }) => {
      expect(intervalRule(rule)).toEqual(rule);
      expect(intervalRule(JSON.parse(stringify(rule)))).toEqual(rule);
      if (plan === undefined) return;
      const read: FrozenPlan = JSON.parse(stringify(plan));
      expect([...intervalsOf(read)]).toEqual([...intervalsOf(plan)]);
    }, 100);
  });
});
