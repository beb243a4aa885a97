import { Temporal } from 'temporal-polyfill';
import { PipelineError, suggestion } from '../core/index.ts';

/** A stretch of time `[start, end)`, in milliseconds since the epoch, during which a zone keeps one UTC offset. */
export interface OffsetSpan {
  start: number;
  end: number;
  /** Seconds that the local clock is ahead of UTC. */
  offset: number;
}

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

// People write "Berlin" or "new york": the last part of a name, which is far from the whole name by edit distance.
function zoneSuggestion(timeZone: string): string {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = timeZone.trim().toLowerCase().replaceAll(' ', '_');
  const sameCity = zones.filter((zone) => zone.toLowerCase().endsWith(`/${city}`));
  if (sameCity.length > 0) return ` Did you mean "${sameCity.join('", "')}"?`;
  return suggestion(timeZone, zones);
}
