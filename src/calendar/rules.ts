/** A rule that divides time into intervals: from people's words to numbers. */
import { PipelineError, suggestion } from '../core/index.ts';
import { type DaysOff, type DstPolicy, EVERY, type Every, type Rhythm, unitOf } from '../planner/index.ts';
import { type IntervalCalendar, readCalendar } from './calendars.ts';
import { type EveryWords, listOf, readEvery } from './every.ts';
import { listRhythm } from './lists.ts';
import { checkTimeZone } from './zones.ts';

/** A rule in people's words. */
export interface RuleOptions {
  /**
   * A unit of the zone's local clock (`hour`, `day`, `week` from Monday, `month`, `quarter`, `year`; also `days`, `daily`,
   * `@daily`), some of them (`6 hours`, `2d`), a cron expression of five fields, or `list:` and dates between commas.
   */
  every?: string;
  /** Instead of `every`: a list of starts, the last of which only ends the interval before it. Written as bounds are. */
  at?: readonly string[];
  /** An IANA name. Default: `UTC`. */
  timeZone?: string;
  /** Default: `gap: 'shift'`; `overlap: 'twice'` for hours and for cron in steps of hours, else `'once'`. */
  dst?: Partial<DstPolicy>;
  /** Days without intervals. Default: none. */
  calendar?: IntervalCalendar;
  /**
   * A date `2015-01-31` on which an interval of several units starts. Default: Monday 1970-01-05 for hours, days and weeks,
   * January of the year 0 for months, quarters and years.
   */
  anchor?: string;
}

/** A rule, complete and in one spelling; plain JSON, and itself {@link RuleOptions}. */
export interface IntervalRule {
  readonly every: string;
  readonly timeZone: string;
  readonly dst: DstPolicy;
  readonly calendar?: IntervalCalendar;
  readonly anchor?: string;
}

/** A rule with what its words mean. */
export interface ReadRule {
  rule: IntervalRule;
  rhythm: Rhythm;
  daysOff?: DaysOff;
}

const GAPS = ['skip', 'shift'] as const;
const OVERLAPS = ['once', 'twice'] as const;

/**
 * The rule in one spelling, its defaults filled in. Throws `RANGE_INVALID` for what is no rule, with close matches, and
 * `TIME_ZONE_UNKNOWN`.
 */
export function intervalRule(options: RuleOptions): IntervalRule {
  return readRule(options).rule;
}

export function readRule({ every, at, timeZone = 'UTC', dst, calendar, anchor }: RuleOptions): ReadRule {
  if ((every === undefined) === (at === undefined)) {
    throw new PipelineError(
      'RANGE_INVALID',
      'A rule says either every or at: how long intervals are, or where they start.',
    );
  }
  const words = at === undefined ? readEvery(every ?? '') : listOf(at);
  const zone = checkTimeZone(timeZone);
  const policy: DstPolicy = {
    gap: oneOf('dst.gap', dst?.gap ?? 'shift', GAPS),
    overlap: oneOf('dst.overlap', dst?.overlap ?? defaultOverlap(words), OVERLAPS),
  };
  const days = readCalendar(calendar);
  return {
    rule: {
      every: words.every,
      timeZone: zone,
      dst: policy,
      ...(days.calendar === undefined ? {} : { calendar: days.calendar }),
      ...(anchor === undefined ? {} : { anchor }),
    },
    rhythm: rhythmOf(words, anchor, zone, policy),
    ...(days.daysOff === undefined ? {} : { daysOff: days.daysOff }),
  };
}

/** What an hour more or less means depends on the rule: an hour more for one that counts hours, nothing for the others. */
export function defaultOverlap(
  words: Pick<EveryWords, 'kind'> & { unit?: Every; isSteady?: boolean },
): DstPolicy['overlap'] {
  return words.unit === 'hour' || words.isSteady === true ? 'twice' : 'once';
}

function rhythmOf(words: EveryWords, anchor: string | undefined, timeZone: string, dst: DstPolicy): Rhythm {
  if (words.kind === 'units') return unitRhythm(words.unit, words.step, anchor);
  if (anchor !== undefined) {
    throw new PipelineError(
      'RANGE_INVALID',
      `The anchor "${anchor}" is for rules like "2 weeks"; "${words.every}" says itself where its intervals start.`,
    );
  }
  return words.kind === 'cron' ? { cron: words.fields } : listRhythm(words.items, timeZone, dst);
}

function unitRhythm(unit: Every, step: number, anchor: string | undefined): Rhythm {
  const ordinal = anchor === undefined ? defaultAnchor(unit) : anchorOrdinal(unit, anchor);
  if (step === 1) return { unit };
  const phase = ((ordinal % step) + step) % step;
  return phase === 0 ? { unit, step } : { unit, step, phase };
}

function defaultAnchor(unit: Every): number {
  const isShort = unit === 'hour' || unit === 'day' || unit === 'week';
  const date = unitOf('day').localStart(isShort ? 4 : yearZero());
  return unitOf(unit).ordinalAt(date);
}

function yearZero(): number {
  return Math.round(Date.parse('0000-01-01T00:00Z') / 86_400_000);
}

function anchorOrdinal(unit: Every, anchor: string): number {
  const day = unitOf('day').ordinalOf(String(anchor));
  const local = unitOf('day').localStart(day ?? 0);
  const ordinal = unitOf(unit).ordinalAt(local);
  if (day !== undefined && unitOf(unit).localStart(ordinal) === local) return ordinal;
  const hint = unit === 'quarter' || unit === 'year' ? ' Count months instead: "12 months".' : '';
  throw new PipelineError(
    'RANGE_INVALID',
    `The anchor "${anchor}" is no date on which a ${unit} starts; give one like 2015-01-05.${hint}`,
    { details: { anchor: String(anchor), units: [...EVERY] } },
  );
}

function oneOf<T extends string>(name: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw new PipelineError('RANGE_INVALID', `${name} cannot be "${value}".${suggestion(String(value), known)}`);
}
