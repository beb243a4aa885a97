/** Numbers and times as people say them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WHOLE = new Intl.NumberFormat('en');
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DATED = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

export function count(number: number): string {
  return WHOLE.format(number);
}

/** `1 day`, `365 days`. */
export function many(number: number, one: string, others = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : others}`;
}

/** A number of any size with about four digits that matter. */
export function figure(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1e9) return count(number);
  const size = Math.abs(number);
  if (size >= 1e9 || size < 1e-4) return number.toExponential(3);
  return String(Number(number.toPrecision(4)));
}

/** `340 ms`, `2.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'min', SECOND, 's');
  return ms < DAY ? pair(ms, HOUR, 'h', MINUTE, 'min') : pair(ms, DAY, 'd', HOUR, 'h');
}

/** Time that is left, no finer than it is known: `5 s left`, `3 min left`, `2 h 5 min left`. */
export function timeLeft(ms: number): string {
  if (ms < 10 * SECOND) return 'a few seconds left';
  if (ms < MINUTE) return `${Math.round(ms / (5 * SECOND)) * 5} s left`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min left`;
  return `${ms < DAY ? pair(ms, HOUR, 'h', MINUTE, 'min') : pair(ms, DAY, 'd', HOUR, 'h')} left`;
}

/** `12 a second`, `40 a minute`, `3 an hour`: in the unit that leaves a number to talk of. */
export function rate(perSecond: number): string {
  if (perSecond >= 1) return `${figure(Number(perSecond.toPrecision(2)))} a second`;
  if (perSecond * 60 >= 1) return `${figure(Number((perSecond * 60).toPrecision(2)))} a minute`;
  return `${figure(Number((perSecond * 3600).toPrecision(2)))} an hour`;
}

/** `12 KB`, `3.4 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = size < 1 ? 0 : Math.min(Math.floor(Math.log10(size) / 3), units.length - 1);
  const scaled = size / 1000 ** power;
  return `${scaled >= 100 || power === 0 ? Math.round(scaled) : Number(scaled.toPrecision(2))} ${units[power]}`;
}

/** A moment in the zone of who looks; without the year where it is this one. */
export function moment(instant: string): string {
  const date = new Date(instant);
  return date.getFullYear() === new Date().getFullYear() ? MOMENT.format(date) : DATED.format(date);
}

/** The bounds of an interval, in UTC: `2015-01-31 08:00 to 2015-02-01 08:00 UTC`. */
export function span(start: string, end: string): string {
  const minute = (instant: string) => new Date(instant).toISOString().slice(0, 16).replace('T', ' ');
  return `${minute(start)} to ${minute(end)} UTC`;
}

/** `just now`, `20 s ago`, `3 min ago`, `2 d ago`; ahead of now: `in 3 min`. */
export function ago(instant: string, now = Date.now()): string {
  const ms = now - Date.parse(instant);
  if (Math.abs(ms) < 5 * SECOND) return 'just now';
  const text = rough(Math.abs(ms));
  return ms < 0 ? `in ${text}` : `${text} ago`;
}

function rough(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  return ms < 2 * DAY ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / DAY)} d`;
}

function pair(ms: number, unit: number, name: string, small: number, smallName: string): string {
  const whole = Math.round(ms / small);
  const per = unit / small;
  const rest = whole % per;
  return rest === 0 ? `${Math.floor(whole / per)} ${name}` : `${Math.floor(whole / per)} ${name} ${rest} ${smallName}`;
}
