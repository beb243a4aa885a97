/** PostgreSQL's texts as cells; `table.ts` has the table of what becomes what. */
import type { Cell } from '../../table.ts';
import type { PgLibrary } from './pools.ts';

/** A text of the server as a cell. Throws what `problem` makes. */
export type CellReader = (text: string) => Cell;

type Problem = (text: string) => Error;

// Numbers of the server's own types never change; those of a database's own types begin at 16384.
const TEXTS = {
  char: [18, 1002],
  name: [19, 1003],
  text: [25, 1009],
  bpchar: [1042, 1014],
  varchar: [1043, 1015],
  xml: [142, 143],
  cidr: [650, 651],
  inet: [869, 1041],
  macaddr: [829, 1040],
  macaddr8: [774, 775],
  date: [1082, 1182],
  time: [1083, 1183],
  timetz: [1266, 1270],
  interval: [1186, 1187],
  uuid: [2950, 2951],
};
const WIDTHS = { int2: [21, 1005], int4: [23, 1007], oid: [26, 1028] };
const FRACTIONS = { float4: [700, 1021], float8: [701, 1022], numeric: [1700, 1231] };
const TIMES = { timestamp: [1114, 1115], timestamptz: [1184, 1185] };
const JSONS = { json: [114, 199], jsonb: [3802, 3807] };

type MakeReader = (problem: Problem) => CellReader;

const same: CellReader = (text) => text;

const READERS = new Map<number, { make: MakeReader; isArray: boolean }>();
const add = (types: Record<string, number[]>, make: MakeReader) => {
  for (const [one = 0, array = 0] of Object.values(types)) {
    READERS.set(one, { make, isArray: false });
    READERS.set(array, { make, isArray: true });
  }
};
add({ bool: [16, 1000] }, () => (text) => text === 't');
add({ int8: [20, 1016] }, (problem) => (text) => wholeNumber(text, problem));
add(WIDTHS, () => Number);
add(FRACTIONS, () => fraction);
add(TEXTS, () => same);
add(TIMES, () => isoTime);
add(JSONS, () => (text) => JSON.parse(text) as Cell);

/** The reader of a type by its number; `undefined` for one that is not the server's own, or has no place in a row. */
export function cellReader(library: PgLibrary, type: number, problem: Problem): CellReader | undefined {
  const known = READERS.get(type);
  if (known === undefined) return undefined;
  const read = known.make(problem);
  return known.isArray ? arrayReader(library, read) : read;
}

/** Reads lists of whatever `read` reads, at any depth. */
export function arrayReader({ types }: PgLibrary, read: CellReader = same): CellReader {
  // Its types call it a function; it is an object that makes parsers.
  const { create } = types.arrayParser as unknown as {
    create(source: string, transform: (text: string) => Cell): { parse(): Cell };
  };
  return (text) => create(text, read).parse();
}

function wholeNumber(text: string, problem: Problem): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw problem(`${text} is beyond the whole numbers that JSON keeps exactly; read it as text (a cast in a query).`);
}

function fraction(text: string): number | null {
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/;

// Infinities and years beyond four digits stay as the server writes them.
function isoTime(text: string): string {
  const found = TIME.exec(text);
  if (found === null) return text;
  const [, day, time, decimals = ''] = found;
  return `${day}T${time}.${decimals.padEnd(decimals.length > 3 ? 6 : 3, '0')}Z`;
}
