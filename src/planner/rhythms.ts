/**
 * How a rule counts, as data: every so many units, the fields of a cron expression, or a given list.
 *
 * The first two name local times (see `units.ts`) and know nothing of zones; what happens to a local time that does not
 * exist or comes twice is decided in `tilings.ts`.
 */
import { type CronFields, cronTimes } from './crons.ts';
import type { PackedInstants } from './instants.ts';
import { type Every, unitOf } from './units.ts';

/** Every so many units. */
export interface UnitRhythm {
  readonly unit: Every;
  /** How many units are one interval. Default: 1. */
  readonly step?: number;
  /** The ordinal of a unit on which an interval starts. Default: 0. */
  readonly phase?: number;
}

/** Plain JSON. A list has the starts of its intervals, and where the last one ends. */
export type Rhythm = UnitRhythm | { readonly cron: CronFields } | { readonly list: PackedInstants };

/** The local times at which a rule's intervals start, and their names. */
export interface Beat {
  /** The last one at or before a local time. */
  floor(localMs: number): number;
  /** The first one after a local time. */
  next(localMs: number): number;
  label(localMs: number): string;
  /** The start with that label, or undefined for a text that is none. */
  read(label: string): number | undefined;
  /** Whether an interval starts also where the clocks go back into the middle of one. */
  reenters: boolean;
}

export function beatOf(rhythm: Exclude<Rhythm, { list: PackedInstants }>): Beat {
  return 'unit' in rhythm ? unitBeat(rhythm.unit, rhythm.step ?? 1, rhythm.phase ?? 0) : cronBeat(rhythm.cron);
}

/** Names a local time to the day, minute or second, whichever it needs: `2015-01-31`, `2015-01-31T06-30`. */
export function momentLabel(localMs: number): string {
  const text = new Date(localMs).toISOString();
  if (localMs % 86_400_000 === 0) return text.slice(0, 10);
  return text.slice(0, localMs % 60_000 === 0 ? 16 : 19).replaceAll(':', '-');
}

/** The local time of a {@link momentLabel}. */
export function momentOf(label: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)-(\d\d)(?:-(\d\d))?)?$/.exec(label);
  if (match === null) return undefined;
  const [, date, hour = '00', minute = '00', second = '00'] = match;
  const localMs = Date.parse(`${date}T${hour}:${minute}:${second}Z`);
  return !Number.isNaN(localMs) && momentLabel(localMs) === label ? localMs : undefined;
}

function unitBeat(name: Every, step: number, phase: number): Beat {
  const unit = unitOf(name);
  const floored = (ordinal: number) => phase + Math.floor((ordinal - phase) / step) * step;
  return {
    floor: (localMs) => unit.localStart(floored(unit.ordinalAt(localMs))),
    next: (localMs) => unit.localStart(floored(unit.ordinalAt(localMs)) + step),
    label: (localMs) => unit.label(unit.ordinalAt(localMs)),
    read(label) {
      const ordinal = unit.ordinalOf(label);
      return ordinal !== undefined && floored(ordinal) === ordinal ? unit.localStart(ordinal) : undefined;
    },
    reenters: name === 'hour' && step === 1,
  };
}

function cronBeat(fields: CronFields): Beat {
  const times = cronTimes(fields);
  const label = (localMs: number) => new Date(localMs).toISOString().slice(0, 16).replace(':', '-');
  return {
    ...times,
    label,
    read(text) {
      if (!/^\d{4}-\d\d-\d\dT\d\d-\d\d$/.test(text)) return undefined;
      const localMs = Date.parse(`${text.slice(0, 13)}:${text.slice(14)}Z`);
      const isStart = !Number.isNaN(localMs) && label(localMs) === text && times.floor(localMs) === localMs;
      return isStart ? localMs : undefined;
    },
    reenters: false,
  };
}
