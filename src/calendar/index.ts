/** Turns people's words for time (dates, zones, rules) into frozen plans. The only room that reads time-zone data. */
export { type IntervalOptions, planIntervals } from './plans.ts';
export { checkTimeZone } from './zones.ts';
