/** Turns people's words for time (dates, zones, rules) into frozen plans. The only room that reads time-zone data. */
export type { IntervalCalendar, Weekday } from './calendars.ts';
export { type IntervalOptions, planIntervals } from './plans.ts';
export {
  intervalOfKey,
  intervalsBetween,
  lastIntervalBefore,
  nextBoundaryAfter,
  type RuleInterval,
} from './rule-intervals.ts';
export { type IntervalRule, intervalRule, type RuleOptions } from './rules.ts';
export {
  type ScheduleCalendar,
  type ScheduleTimes,
  type ScheduleTimesOptions,
  scheduleTimes,
} from './schedule-times.ts';
export { checkTimeZone } from './zones.ts';
