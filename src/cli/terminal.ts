/**
 * The one place that formats for a terminal. Words go to stderr, results to stdout, so that a pipe gets results only.
 */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { createLogUpdate } from 'log-update';
import { isPipelineError, messageOf } from '../core/index.ts';
import { ownFrames } from './own-frames.ts';

// The line that is being drawn over, if any; what is said meanwhile goes above it.
let live: { draw: ReturnType<typeof createLogUpdate>; text: string } | undefined;

/** Says something to the person at the terminal. */
export function say(text: string): void {
  if (live === undefined) {
    process.stderr.write(`${text}\n`);
    return;
  }
  live.draw.persist(text);
  live.draw(live.text);
}

/** Draws a line over the one before it, until {@link endLine}. For a terminal only. */
export function drawLine(text: string): void {
  live ??= { draw: createLogUpdate(process.stderr), text };
  live.text = text;
  live.draw(text);
}

/** Leaves the line that was drawn last as it is. */
export function endLine(): void {
  live?.draw.done();
  live = undefined;
}

/** Prints a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a result as the one JSON document of a `--json` call. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, process.stdout.isTTY ? 2 : undefined));
}

type Style = Parameters<typeof styleText>[0];

/** Styled on a terminal, plain in a pipe or where NO_COLOR is set. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
}

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

/** An error as a person should see it: what is wrong, its code, and of the stack what is the person's own code. */
export function errorText(error: unknown): string {
  const code = isPipelineError(error) ? styled('dim', ` [${error.code}]`) : '';
  const frames = ownFrames(error).map((frame) => styled('dim', `\n${frame}`));
  return `${styled('red', 'error:')} ${messageOf(error)}${code}${frames.join('')}`;
}

/** `12 ms`, `3.2 s`, `4 min 10 s`, `1 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
