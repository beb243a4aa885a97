import Table from 'cli-table3';
import { styled } from './terminal.ts';

/** Rows under a head, without lines: easy to read, to copy and to grep. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightAligned: readonly number[] = [],
): string {
  const blank = '';
  const made = new Table({
    head: head.map((text) => styled('bold', text, process.stdout)),
    colAligns: head.map((_, i) => (rightAligned.includes(i) ? 'right' : 'left')),
    chars: Object.fromEntries(
      [
        'top',
        'top-mid',
        'top-left',
        'top-right',
        'bottom',
        'bottom-mid',
        'bottom-left',
        'bottom-right',
        'left',
        'left-mid',
        'mid',
        'mid-mid',
        'right',
        'right-mid',
      ]
        .map((part) => [part, blank])
        .concat([['middle', '  ']]),
    ),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  // A row that is too short would get an empty line after it.
  made.push(...rows.map((row) => [...row.map(String), ...Array(Math.max(0, head.length - row.length)).fill(blank)]));
  return made.toString().replaceAll(/ +$/gm, '');
}
