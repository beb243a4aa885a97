/** `save_args.replace_where` (ours): the rows of a table that a save replaces, such as those of one day. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '../../core/index.ts';
import { invalidValue } from '../failures.ts';
import { mapping, type OptionRule } from '../options.ts';
import type { TypedTable } from '../table.ts';

/** Column → its value in the rows to replace; a list is any of its values. */
export type ReplaceWhere = Readonly<Record<string, JsonValue>>;

/** The option. */
export function replaceWhereOption(): OptionRule<Record<string, JsonValue>> {
  const isScalar = (value: JsonValue) => ['string', 'number', 'boolean'].includes(typeof value);
  const conditions = mapping<{ value: JsonValue }>({
    expects: 'a text, number, boolean or null, or a list of texts, numbers or booleans',
    read: (value) =>
      value === null || isScalar(value) || (Array.isArray(value) && value.every(isScalar)) ? { value } : undefined,
  });
  return {
    expects: `${conditions.expects}, with a column at least`,
    read(value) {
      const found = Object.entries(conditions.read(value) ?? {});
      return found.length === 0 ? undefined : Object.fromEntries(found.map(([name, item]) => [name, item.value]));
    },
  };
}

/** Throws `DATASET_VALUE_INVALID` for a row that would not be replaced, so that a second save would have it twice. */
export function refuseRowsOutside(dataset: string, { rows }: TypedTable, where: ReplaceWhere): void {
  for (const [name, wanted] of Object.entries(where)) {
    const allowed = Array.isArray(wanted) ? wanted : [wanted];
    const index = rows.findIndex((row) => !allowed.some((one) => isDeepStrictEqual(one, row[name] ?? null)));
    if (index === -1) continue;
    const found = JSON.stringify(rows[index]?.[name] ?? null);
    const problem = `it is ${found}, and replace_where says ${JSON.stringify(wanted)}: saved twice, the row would be there twice.`;
    throw invalidValue(dataset, `rows[${index}].${name}`, problem);
  }
}
