/**
 * Where each interval stands in a calendar: blocks of rows and columns, by what the keys say. Days are weeks side by side, a
 * block a year; times of the day are a row a day, a block a month; what has no such order stands in rows as it comes.
 */
import { dateOf, type ReadKey, readKey } from './keys.ts';

export type Shape = 'days' | 'times' | 'weeks' | 'months' | 'quarters' | 'years' | 'list';

export interface Block {
  title: string;
  /** Heads of the columns, with how many each spans. */
  heads: { text: string; span: number }[];
  rows: { label: string; cells: (number | undefined)[] }[];
}

export interface Layout {
  shape: Shape;
  blocks: Block[];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MOST_TIMES = 96;
const LIST_WIDTH = 25;

export function layoutOf(keys: readonly string[]): Layout {
  const read = keys.map(readKey);
  const form = read[0]?.form;
  if (!isAlike(read, form)) return listLayout(keys);
  if (form === 'day' || isOnceADay(read)) return dayLayout(read);
  if (form === 'time') return timeLayout(keys, read);
  if (form === 'week') return yearRows('weeks', read, 53, weekHeads());
  if (form === 'month') return yearRows('months', read, 12, heads(MONTHS));
  if (form === 'quarter') return yearRows('quarters', read, 4, heads(['Q1', 'Q2', 'Q3', 'Q4']));
  return decades(read);
}

function isAlike(read: readonly (ReadKey | undefined)[], form: string | undefined): read is ReadKey[] {
  return form !== undefined && read.every((each) => each?.form === form);
}

// A cron of each morning is days like any other.
function isOnceADay(read: readonly ReadKey[]): boolean {
  return read[0]?.form === 'time' && new Set(read.map(({ place }) => place)).size === read.length;
}

function dayLayout(read: readonly ReadKey[]): Layout {
  const years = groups(read, ({ year }) => String(year));
  const blocks = [...years].map(([title, members]) => {
    const { heads: months, firstMonday, width } = yearOfDays(Number(title));
    const rows = emptyRows(WEEKDAYS, width);
    for (const [index, { place }] of members) {
      setCell(rows, (place - firstMonday) % 7, Math.floor((place - firstMonday) / 7), index);
    }
    return { title, heads: months, rows };
  });
  return { shape: 'days', blocks };
}

// A month's head stands above the week that holds its first day.
function yearOfDays(year: number): { heads: Block['heads']; firstMonday: number; width: number } {
  const first = ordinalOfDate(year, 1);
  const firstMonday = first - ((((first + 3) % 7) + 7) % 7);
  const columnOf = (day: number) => Math.floor((day - firstMonday) / 7);
  const width = columnOf(ordinalOfDate(year, 13) - 1) + 1;
  const starts = MONTHS.map((_, month) => columnOf(ordinalOfDate(year, month + 1)));
  return {
    heads: MONTHS.map((text, month) => ({ text, span: (starts[month + 1] ?? width) - (starts[month] ?? 0) })),
    firstMonday,
    width,
  };
}

function ordinalOfDate(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, 1) / 86_400_000;
}

function timeLayout(keys: readonly string[], read: readonly ReadKey[]): Layout {
  const times = timesOf(read);
  if (times.length > MOST_TIMES) return listLayout(keys);
  const places = new Map(times.map((time, place) => [time, place]));
  const months = groups(read, ({ place }) => dateOf(place).slice(0, 7));
  const blocks = [...months].map(([month, members]) => {
    const days = [...new Set(members.map(([, { place }]) => place))];
    const rows = emptyRows(days.map(dateOf), times.length);
    const rowOf = new Map(days.map((day, row) => [day, row]));
    let last = '';
    for (const [index, { place, time }] of members) {
      const row = rowOf.get(place) ?? 0;
      // An hour that comes twice when the clocks go back has a column of its own.
      const isAgain = last === `${place}${time}`;
      setCell(rows, row, places.get(isAgain ? `${time}${AGAIN}` : time) ?? 0, index);
      last = `${place}${time}`;
    }
    return { title: `${MONTHS[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`, heads: timeHeads(times), rows };
  });
  return { shape: 'times', blocks };
}

const AGAIN = ' again';

function timesOf(read: readonly ReadKey[]): string[] {
  const times = new Set<string>();
  let last = '';
  for (const { place, time } of read) {
    times.add(last === `${place}${time}` ? `${time}${AGAIN}` : time);
    last = `${place}${time}`;
  }
  return [...times].sort();
}

// Four heads at most: a column of an hour is too narrow for one of its own.
function timeHeads(times: readonly string[]): Block['heads'] {
  const step = Math.ceil(times.length / 4);
  return times
    .map((text, i) => ({
      text: text.endsWith(':00') ? text.slice(0, 2) : text,
      span: Math.min(step, times.length - i),
    }))
    .filter((_, i) => i % step === 0);
}

function yearRows(shape: Shape, read: readonly ReadKey[], width: number, columns: Block['heads']): Layout {
  const years = [...new Set(read.map(({ year }) => year))];
  const rows = emptyRows(years.map(String), width);
  const rowOf = new Map(years.map((year, row) => [year, row]));
  for (const [index, { year, place }] of read.entries()) setCell(rows, rowOf.get(year) ?? 0, place, index);
  return { shape, blocks: [{ title: span(years), heads: columns, rows }] };
}

function decades(read: readonly ReadKey[]): Layout {
  const labels = [...new Set(read.map(({ year }) => `${Math.floor(year / 10) * 10}s`))];
  const rows = emptyRows(labels, 10);
  for (const [index, { year }] of read.entries()) {
    setCell(rows, labels.indexOf(`${Math.floor(year / 10) * 10}s`), year % 10, index);
  }
  const digits = Array.from({ length: 10 }, (_, digit) => String(digit));
  return { shape: 'years', blocks: [{ title: span(read.map(({ year }) => year)), heads: heads(digits), rows }] };
}

function listLayout(keys: readonly string[]): Layout {
  const rows: Block['rows'] = [];
  for (let from = 0; from < keys.length; from += LIST_WIDTH) {
    const cells = keys.slice(from, from + LIST_WIDTH).map((_, i) => from + i);
    rows.push({ label: keys[from] ?? '', cells });
  }
  return { shape: 'list', blocks: [{ title: 'Intervals', heads: [], rows }] };
}

function groups(read: readonly ReadKey[], nameOf: (key: ReadKey) => string): Map<string, [number, ReadKey][]> {
  const found = new Map<string, [number, ReadKey][]>();
  for (const [index, key] of read.entries()) {
    const name = nameOf(key);
    const members = found.get(name);
    if (members === undefined) found.set(name, [[index, key]]);
    else members.push([index, key]);
  }
  return found;
}

function emptyRows(labels: readonly string[], width: number): Block['rows'] {
  return labels.map((label) => ({ label, cells: Array.from({ length: width }, () => undefined) }));
}

function setCell(rows: Block['rows'], row: number, column: number, index: number): void {
  const cells = rows[row]?.cells;
  if (cells !== undefined) cells[column] = index;
}

function heads(texts: readonly string[]): Block['heads'] {
  return texts.map((text) => ({ text, span: 1 }));
}

function weekHeads(): Block['heads'] {
  return [1, 11, 21, 31, 41].map((week) => ({
    text: `W${String(week).padStart(2, '0')}`,
    span: week === 41 ? 13 : 10,
  }));
}

function span(years: readonly number[]): string {
  const [first = 0, last = first] = [years[0], years.at(-1)];
  return first === last ? String(first) : `${first} to ${last}`;
}
