/**
 * Units of time on a local clock, as arithmetic: no zone, no offset, no library.
 *
 * - A **local time** is what the clocks of a place show, as milliseconds since they showed 1970-01-01T00:00.
 * - An **ordinal** numbers the units of one kind without holes: the day 1970-01-01 is 0, the day before it is -1.
 * - A **label** names an ordinal to people and in ids: `2015-01-31`, safe in a workflow id and a file name.
 */

/** What an interval is as long as, on the local clock. */
export type Every = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How one unit divides local time. */
export interface Unit {
  /** The ordinal of the unit that holds a local time. */
  ordinalAt(localMs: number): number;
  /** The local time at which a unit starts; it ends where the next one starts. */
  localStart(ordinal: number): number;
  label(ordinal: number): string;
  /** The ordinal of a label, or undefined for a text that is no label of this unit. */
  ordinalOf(label: string): number | undefined;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A row here, a member of {@link Every}, and its words in `src/calendar/every.ts` are what a new unit takes. */
const UNITS: Record<Every, Unit> = {
  hour: {
    ordinalAt: (localMs) => Math.floor(localMs / HOUR),
    localStart: (ordinal) => ordinal * HOUR,
    label: (ordinal) => isoText(ordinal * HOUR).slice(0, 13),
    ordinalOf: (label) => read(label, /^(\d{4})-(\d\d)-(\d\d)T(\d\d)$/, hourOf),
  },
  day: {
    ordinalAt: (localMs) => Math.floor(localMs / DAY),
    localStart: (ordinal) => ordinal * DAY,
    label: (ordinal) => isoText(ordinal * DAY).slice(0, 10),
    ordinalOf: (label) => read(label, /^(\d{4})-(\d\d)-(\d\d)$/, dayOf),
  },
  week: {
    // Weeks are ISO 8601's: they start on Monday, and 1970-01-01 was a Thursday.
    ordinalAt: (localMs) => Math.floor((localMs / DAY + 3) / 7),
    localStart: (ordinal) => (ordinal * 7 - 3) * DAY,
    label: weekLabel,
    ordinalOf: (label) => read(label, /^(\d{4})-W(\d\d)$/, weekOf),
  },
  month: {
    ordinalAt: monthAt,
    localStart: monthStart,
    label: (ordinal) => isoText(monthStart(ordinal)).slice(0, 7),
    ordinalOf: (label) => read(label, /^(\d{4})-(\d\d)$/, monthOf),
  },
  quarter: {
    ordinalAt: (localMs) => Math.floor(monthAt(localMs) / 3),
    localStart: (ordinal) => monthStart(ordinal * 3),
    label: (ordinal) => `${isoText(monthStart(ordinal * 3)).slice(0, 4)}-Q${(((ordinal % 4) + 4) % 4) + 1}`,
    ordinalOf: (label) => read(label, /^(\d{4})-Q(\d)$/, (year, quarter) => (year - 1970) * 4 + quarter - 1),
  },
  year: {
    ordinalAt: (localMs) => new Date(localMs).getUTCFullYear() - 1970,
    localStart: (ordinal) => monthStart(ordinal * 12),
    label: (ordinal) => isoText(monthStart(ordinal * 12)).slice(0, 4),
    ordinalOf: (label) => read(label, /^(\d{4})$/, (year) => year - 1970),
  },
};

/** The units that there are, shortest first. */
export const EVERY: readonly Every[] = ['hour', 'day', 'week', 'month', 'quarter', 'year'];

export function unitOf(every: Every): Unit {
  const unit = UNITS[every];
  return { ...unit, ordinalOf: (label) => confirmed(unit, label) };
}

// 2015-02-30 has the pattern of a day and is none: an ordinal counts only when it gives the label back.
function confirmed(unit: Unit, label: string): number | undefined {
  const ordinal = unit.ordinalOf(label);
  return ordinal !== undefined && unit.label(ordinal) === label ? ordinal : undefined;
}

function read(label: string, pattern: RegExp, ordinal: (...parts: [number, number, number, number]) => number) {
  const match = pattern.exec(label);
  if (match === null) return undefined;
  const [year = 0, second = 0, third = 0, fourth = 0] = match.slice(1).map(Number);
  return ordinal(year, second, third, fourth);
}

// `setUTCFullYear` takes years below 100 as they are, which `Date.UTC` does not.
function dayOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY;
}

function hourOf(year: number, month: number, day: number, hour: number): number {
  return dayOf(year, month, day) * 24 + hour;
}

function monthOf(year: number, month: number): number {
  return (year - 1970) * 12 + month - 1;
}

function monthAt(localMs: number): number {
  const date = new Date(localMs);
  return monthOf(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

function monthStart(ordinal: number): number {
  return dayOf(1970, ordinal + 1, 1) * DAY;
}

// The ISO week belongs to the year of its Thursday, and week 1 holds 4 January.
function weekLabel(ordinal: number): string {
  const thursday = ordinal * 7;
  const year = new Date(thursday * DAY).getUTCFullYear();
  const week = Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1;
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}

function weekOf(year: number, week: number): number {
  return Math.floor((dayOf(year, 1, 4) + 3) / 7) + week - 1;
}

function isoText(ms: number): string {
  return new Date(ms).toISOString();
}
