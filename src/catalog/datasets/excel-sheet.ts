/** One sheet of an Excel file as a table: names as pandas gives them, cells as `table.ts` has them. */
import { PipelineError } from '../../core/index.ts';
import { invalidValue } from '../failures.ts';
import type { Cell, Row, TypedTable } from '../table.ts';

/** What a library reads of a cell. */
export type ExcelCell = string | number | boolean | Date | null;

/** How to read a sheet. */
export interface SheetReading {
  readonly dataset: string;
  readonly sheet: string;
  /** Rows before the header. */
  readonly skip: number;
  readonly most: number | undefined;
  readonly columns: readonly string[] | undefined;
  /** Of one column, or of all (`'*'`). */
  readonly types: Readonly<Record<string, CellType>>;
}

/** What `dtype` makes of a cell. */
export type CellType = 'text' | 'whole' | 'number' | 'boolean';

/** The rows below the header. */
export function tableOfSheet(cells: readonly (readonly ExcelCell[])[], reading: SheetReading): Row[] {
  const [header = [], ...body] = cells.slice(reading.skip);
  const names = columnNames(header);
  for (const name of [...(reading.columns ?? []), ...Object.keys(reading.types)]) {
    if (name !== '*' && !names.includes(name)) throw unreadable(reading, `has no column "${name}".`);
  }
  const rows = body.slice(0, reading.most);
  const columns = names.flatMap((name, at) => {
    if (reading.columns !== undefined && !reading.columns.includes(name)) return [];
    const type = reading.types[name] ?? reading.types['*'];
    const days = rows.every((row) => !(row[at] instanceof Date) || isMidnight(row[at]));
    const read = (cell: ExcelCell, index: number) =>
      type === undefined ? plain(cell, days) : typed(plain(cell, days), type, name, index, reading);
    return [{ name, at, read }];
  });
  return rows.map((row, index) =>
    Object.fromEntries(columns.map(({ name, at, read }) => [name, read(row[at] ?? null, index)])),
  );
}

/** A name that is missing is `Unnamed: 3`, the second `a` is `a.1`: as pandas has them. */
function columnNames(header: readonly ExcelCell[]): string[] {
  const names: string[] = [];
  for (const [at, cell] of header.entries()) {
    const name = cell === null || cell === '' ? `Unnamed: ${at}` : String(plain(cell, true));
    let free = name;
    for (let n = 1; names.includes(free); n++) free = `${name}.${n}`;
    names.push(free);
  }
  return names;
}

function isMidnight(date: Date): boolean {
  return date.getTime() % 86_400_000 === 0 && date.getTime() >= FIRST_DAY;
}

// Excel counts days from here; a time of day is a number below 1.
const FIRST_DAY = Date.UTC(1899, 11, 31);

/** Dates are ISO texts: `YYYY-MM-DD` in a column without a time, else in UTC; a time of day is `hh:mm:ss`. */
function plain(cell: ExcelCell, days: boolean): Cell {
  if (!(cell instanceof Date)) return cell;
  const iso = cell.toISOString();
  if (cell.getTime() < FIRST_DAY) return iso.slice(11, 19);
  return days ? iso.slice(0, 10) : iso;
}

function typed(cell: Cell, type: CellType, name: string, index: number, reading: SheetReading): Cell {
  if (cell === null) return null;
  if (type === 'text') return String(cell);
  if (type === 'boolean') {
    if (typeof cell === 'boolean') return cell;
    if (cell === 0 || cell === 1) return cell === 1;
  } else {
    const number = typeof cell === 'string' && cell.trim() === '' ? Number.NaN : Number(cell);
    if (type === 'whole' ? Number.isSafeInteger(number) : Number.isFinite(number)) return number;
  }
  throw unreadable(
    reading,
    `has ${JSON.stringify(cell)} in the column "${name}", row ${index + 1}, which its dtype does not allow.`,
  );
}

function unreadable({ dataset, sheet }: SheetReading, what: string): PipelineError {
  const message = `The dataset "${dataset}" could not be loaded: its sheet "${sheet}" ${what}`;
  return new PipelineError('DATASET_LOAD_FAILED', message, { details: { dataset, sheet }, retryable: false });
}

const LONGEST_TEXT = 32_767;
const MOST_ROWS = 1_048_576;
// What XML cannot hold, or reads as something else.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const NOT_IN_XML = /[\0-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-f]{4}_/i;

/** The cells of a table, its header first. Throws `DATASET_VALUE_INVALID` for what a sheet cannot hold. */
export function sheetOfTable(dataset: string, { rows, columns }: TypedTable, place = ''): ExcelCell[][] {
  if (rows.length >= MOST_ROWS) throw invalidValue(dataset, place, `a sheet has ${MOST_ROWS} rows at most.`);
  for (const [name, { kind }] of columns) {
    if (kind !== 'list' && kind !== 'struct') continue;
    throw invalidValue(dataset, `${place}column "${name}"`, `Excel has no ${kind === 'list' ? 'lists' : 'objects'}.`);
  }
  const names = [...columns.keys()];
  if (names.length === 0) return [];
  return [
    names,
    ...rows.map((row, index) =>
      names.map((name) => {
        const cell = (row[name] ?? null) as ExcelCell;
        if (typeof cell === 'string' && (cell.length > LONGEST_TEXT || NOT_IN_XML.test(cell))) {
          const problem =
            cell.length > LONGEST_TEXT
              ? `it has more than ${LONGEST_TEXT} characters.`
              : 'it has characters that Excel cannot hold.';
          throw invalidValue(dataset, `${place}rows[${index}].${name}`, problem);
        }
        return cell;
      }),
    ),
  ];
}
