import { Temporal } from 'temporal-polyfill';

/** Zones with every kind of clock change: at midnight, at 00:01, by half an hour, by two, by a day, several a year, none. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'America/Santiago',
  'America/Asuncion',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Tehran',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Antarctica/Troll',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kwajalein',
];

/** What the clocks of a zone show at an instant, in milliseconds since the epoch or ISO 8601. */
export function clockAt(instant: number | string, timeZone: string): Temporal.ZonedDateTime {
  const at =
    typeof instant === 'number' ? Temporal.Instant.fromEpochMilliseconds(instant) : Temporal.Instant.from(instant);
  return at.toZonedDateTimeISO(timeZone);
}
