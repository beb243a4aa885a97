/** Names and values as parts of an SQL statement. */

/** `name` as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `value` as an SQL text. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** `path` as an SQL text for a reader, which would take `*`, `?` and `[` for a glob. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, '[$&]'));
}

/** Columns to select: all of them when none are named. */
export function selection(columns: readonly string[] | undefined): string {
  return columns === undefined || columns.length === 0 ? '*' : columns.map(identifier).join(', ');
}
