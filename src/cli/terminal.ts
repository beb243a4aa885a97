/**
 * The one place that formats for a terminal. Words go to stderr, results to stdout, so that a pipe gets results only.
 */
import { styleText } from 'node:util';
import { Help } from 'commander';
import { isPipelineError, messageOf } from '../core/index.ts';
import { ownFrames } from './own-frames.ts';

let above: ((text: string) => void) | undefined;

/** Says something to the person at the terminal. */
export function say(text: string): void {
  const lines = process.stderr.isTTY ? wrapped(text, process.stderr.columns) : text;
  if (above === undefined) process.stderr.write(`${lines}\n`);
  else above(lines);
}

// Between words. What is indented stays whole: a command is to be copied.
function wrapped(text: string, columns: number): string {
  const help = new Help();
  return text.replaceAll(/^\S.*$/gm, (line) => help.boxWrap(line, columns));
}

/** While something is drawn over and over in the last lines, `show` puts what is said above it. */
export function sayAbove(show: ((text: string) => void) | undefined): void {
  above = show;
}

/** Prints a result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

let hasDocument = false;

/** Prints a result as the one JSON document of a `--json` call; a second one is left out. */
export function printJson(value: unknown): void {
  if (hasDocument) return;
  hasDocument = true;
  print(JSON.stringify(value, undefined, process.stdout.isTTY ? 2 : undefined));
}

type Style = Parameters<typeof styleText>[0];

/** Styled on a terminal, plain in a pipe or where NO_COLOR is set. */
export function styled(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return stream.isTTY && !process.env.NO_COLOR ? styleText(style, text, { validateStream: false }) : text;
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
