import type { IntervalFailure } from '../../workflows/index.ts';
import { table } from './table.ts';

/** Failures for a person: those with one reason in one row, in the order of their keys. `total`: of which these are the first. */
export function failureTable(failures: readonly IntervalFailure[], total: number): string {
  const groups = new Map<string, { keys: string[]; code: string; message: string }>();
  for (const { key, code, message } of failures.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    // What differs is the interval, where it names itself.
    const reason = `${code} ${message.replaceAll(key, '')}`;
    const group = groups.get(reason) ?? { keys: [], code, message };
    group.keys.push(key);
    groups.set(reason, group);
  }
  const rows = [...groups.values()].map(({ keys, code, message }) => {
    const [first = ''] = keys;
    return [keys.length === 1 ? first : `${first} and ${keys.length - 1} more`, code, message];
  });
  const rest = total > failures.length ? `\nand ${total - failures.length} more that are not listed` : '';
  return `${table(['interval', 'code', 'why'], rows)}${rest}`;
}
