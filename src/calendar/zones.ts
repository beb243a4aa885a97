import { Temporal } from 'temporal-polyfill';
import { PipelineError, suggestion } from '../core/index.ts';
import type { OffsetSpan } from '../planner/index.ts';

/** The zone's name as the time-zone data spells it. Throws `TIME_ZONE_UNKNOWN` with close names. */
export function checkTimeZone(timeZone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId;
  } catch (cause) {
    throw new PipelineError(
      'TIME_ZONE_UNKNOWN',
      `There is no time zone "${timeZone}".${zoneSuggestion(String(timeZone))} Zones have names like "Europe/Berlin" or "UTC".`,
      { cause, details: { timeZone: String(timeZone) } },
    );
  }
}

/** The version of the time-zone data in use, `2025c`; `unknown` where the runtime does not say. */
export function tzdataVersion(): string {
  return process.versions.tz ?? 'unknown';
}

/** The spans of one offset that cover `[from, to)`, in order. */
export function offsetSpans(timeZone: string, from: number, to: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  while (at.epochMilliseconds < to) {
    const next = at.getTimeZoneTransition('next');
    const end = Math.min(next?.epochMilliseconds ?? to, to);
    spans.push({ start: at.epochMilliseconds, end, offset: at.offsetNanoseconds / 1e9 });
    if (next === null) break;
    at = next;
  }
  return spans;
}

/** What a local time is in a zone: the instants at which the clocks show it, and the jump that goes over it where none is. */
export interface LocalTime {
  instants: number[];
  /** The instant of the jump, and the local time that was jumped from. */
  jump?: { at: number; from: number };
}

const REACH = 2 * 86_400_000;

/** Reads a local time, in milliseconds as `units.ts` has it. */
export function localTime(timeZone: string, local: number): LocalTime {
  const spans = offsetSpans(timeZone, local - REACH, local + REACH);
  const instants = spans.flatMap(({ start, end, offset }) => {
    const instant = local - offset * 1000;
    return instant >= start && instant < end ? [instant] : [];
  });
  if (instants.length > 0) return { instants };
  const after = spans.findIndex(({ start, offset }) => start + offset * 1000 > local);
  const at = spans[after]?.start ?? local;
  return { instants, jump: { at, from: at + (spans[after - 1]?.offset ?? 0) * 1000 } };
}

// People write "Berlin" or "new york": the last part of a name, which is far from the whole name by edit distance.
function zoneSuggestion(timeZone: string): string {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = timeZone.trim().toLowerCase().replaceAll(' ', '_');
  const sameCity = zones.filter((zone) => zone.toLowerCase().endsWith(`/${city}`));
  if (sameCity.length > 0) return ` Did you mean "${sameCity.join('", "')}"?`;
  return suggestion(timeZone, zones);
}
