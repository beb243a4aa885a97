import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';
import { Help } from 'commander';
import { styled } from './terminal.ts';

/**
 * Rows under a head, without lines: easy to read, to copy and to grep. On a terminal that is too narrow the widest columns
 * take several lines; a pipe gets every row in one.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  rightAligned: readonly number[] = [],
): string {
  const blank = '';
  const widths = fitting([head, ...rows]);
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
  const cell = (value: string | number, i: number) => wrapped(String(value), widths?.[i]);
  made.push(...rows.map((row) => [...row.map(cell), ...Array(Math.max(0, head.length - row.length)).fill(blank)]));
  return made.toString().replaceAll(/ +$/gm, '');
}

const GAP = 2;
const NARROWEST = 12;

/** Widths with which the rows fit the terminal; undefined where they do as they are. */
function fitting(rows: readonly (readonly (string | number)[])[]): number[] | undefined {
  const { isTTY, columns = 80 } = process.stdout;
  if (!isTTY) return undefined;
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => widthOf(row[i]))));
  const room = columns - GAP * (count - 1);
  if (sum(widths) <= room) return undefined;
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= NARROWEST) break;
    widths[widest] = width - 1;
  }
  return widths;
}

// Between words where there are some; a path, which has none, anywhere.
function wrapped(text: string, width: number | undefined): string {
  if (width === undefined || widthOf(text) <= width) return text;
  const help = new Help();
  help.minWidthToWrap = NARROWEST;
  const lines = help.boxWrap(text, width).split('\n');
  return lines.flatMap((line) => (line.includes('\u001b') ? [line] : chopped(line, width))).join('\n');
}

function chopped(line: string, width: number): string[] {
  return line === ''
    ? [line]
    : Array.from({ length: Math.ceil(line.length / width) }, (_, i) => line.slice(i * width, (i + 1) * width));
}

function widthOf(cell: string | number | undefined): number {
  return Math.max(
    ...stripVTControlCharacters(String(cell ?? ''))
      .split('\n')
      .map((line) => line.length),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
