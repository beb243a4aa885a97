/**
 * Placeholders as pandas hands them to psycopg, `%(name)s` and `%s`, into PostgreSQL's own `$1`: values are bound and never
 * become part of the statement. As there, a statement without `params` is taken as it is, and with `params` `%%` is one `%`.
 * Texts, quoted names and comments hold no placeholders.
 */
import { type JsonObject, type JsonValue, PipelineError, suggestion } from '../../../core/index.ts';

/** A statement and its values, as the driver takes them. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** `sql` with `params` bound. Throws `DATASET_INVALID` when the two do not fit together. */
export function boundStatement(
  dataset: string,
  sql: string,
  params: readonly JsonValue[] | JsonObject | undefined,
): Statement {
  if (params === undefined) return { text: sql, values: [] };
  const values: unknown[] = [];
  const take = Array.isArray(params) ? fromList(dataset, params) : fromMapping(dataset, params as JsonObject);
  const text = parts(sql).map(({ kind, text: part }) => {
    if (kind === 'comment') return part;
    if (kind === 'quoted') return part.replaceAll('%%', '%');
    return part.replace(PLACEHOLDER, (found: string, name: string | undefined) => {
      if (found === '%%') return '%';
      const { value, shown } = take.next(name);
      if (value === null) return 'NULL';
      // Each place gets a number of its own: the server finds a type for each, as it does for psycopg's texts.
      values.push(value);
      return `$${values.length}${castOf(value, () => invalid(dataset, `has a wrong value for ${shown}${VALUES}`))}`;
    });
  });
  take.end();
  return { text: text.join(''), values };
}

const PLACEHOLDER = /%%|%\(([^()]*)\)s|%s/g;
const VALUES = ': it must be a text, a number, true, false, null or a list of one of these.';

interface Taker {
  next(name: string | undefined): { value: JsonValue; shown: string };
  end(): void;
}

function fromList(dataset: string, params: readonly JsonValue[]): Taker {
  let count = 0;
  return {
    next(name) {
      if (name !== undefined) throw invalid(dataset, `uses %(${name})s, and its "params" are a list: write %s.`);
      count++;
      return { value: params[count - 1] ?? null, shown: `%s number ${count}` };
    },
    end() {
      if (count === params.length) return;
      throw invalid(dataset, `has ${params.length} "params" for the ${count} places that say %s in its statement.`);
    },
  };
}

function fromMapping(dataset: string, params: JsonObject): Taker {
  const unused = new Set(Object.keys(params));
  return {
    next(name) {
      if (name === undefined) throw invalid(dataset, 'uses %s, and its "params" are a mapping: write %(name)s.');
      if (!Object.hasOwn(params, name)) {
        throw invalid(
          dataset,
          `uses %(${name})s in its statement, which is not in its "params".${suggestion(name, Object.keys(params))}`,
        );
      }
      unused.delete(name);
      return { value: params[name] ?? null, shown: `%(${name})s` };
    },
    end() {
      const [name] = unused;
      if (name === undefined) return;
      throw invalid(dataset, `has "${name}" in its "params", which its statement does not use: write %(${name})s.`);
    },
  };
}

// A text's type is found by the server, from where it stands; numbers have the types that they have when written out.
function castOf(value: JsonValue, refuse: () => Error): string {
  if (Array.isArray(value)) {
    if (value.some((item) => typeof item === 'object' && item !== null)) throw refuse();
    const items = value.filter((item) => item !== null);
    const casts = new Set(items.map((item) => castOf(item, refuse)));
    if (casts.size === 0) return '';
    if (casts.size === 1) return casts.has('') ? '' : `${[...casts][0]}[]`;
    if (items.some((item) => typeof item !== 'number')) throw refuse();
    return casts.has('::numeric') ? '::numeric[]' : '::int8[]';
  }
  switch (typeof value) {
    case 'string':
      return '';
    case 'boolean':
      return '::bool';
    case 'number':
      if (!Number.isSafeInteger(value)) return '::numeric';
      return Math.abs(value) < 2 ** 31 ? '::int4' : '::int8';
    default:
      throw refuse();
  }
}

interface Part {
  kind: 'code' | 'quoted' | 'comment';
  text: string;
}

// What may hold anything: E'…' with backslashes, '…', "…", $tag$…$tag$, and the two kinds of comments (blocks nest).
const SPECIAL =
  /(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$.*?\$\1\$|--[^\n]*|\/\*/gs;

function parts(sql: string): Part[] {
  const found: Part[] = [];
  let from = 0;
  const scanner = new RegExp(SPECIAL);
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const [special] = match;
    const end = special === '/*' ? blockEnd(sql, match.index) : match.index + special.length;
    if (match.index > from) found.push({ kind: 'code', text: sql.slice(from, match.index) });
    const kind = special.startsWith('--') || special === '/*' ? 'comment' : 'quoted';
    found.push({ kind, text: sql.slice(match.index, end) });
    from = end;
    scanner.lastIndex = end;
  }
  if (from < sql.length) found.push({ kind: 'code', text: sql.slice(from) });
  return found;
}

function blockEnd(sql: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
