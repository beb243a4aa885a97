/** Ten files' worth of work: rows in, rows out. */
export interface Scale {
  by: number;
  add: number;
}

export type Rows = { id: number; name: string; value: number }[];

export function scaled(rows: Rows, { by, add }: Scale): Rows {
  return rows.map((row) => ({ ...row, value: (row.value * by + add) % 1000 }));
}
