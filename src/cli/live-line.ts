/** The last lines of a terminal, drawn over and over. What is said meanwhile goes above them. */
import { createLogUpdate } from 'log-update';
import { sayAbove, styled } from './terminal.ts';

// Of a bar, in characters.
const WIDEST = 28;
const NARROWEST = 8;

let live: { draw: ReturnType<typeof createLogUpdate>; text: string } | undefined;

/** Draws text over the one before it, until {@link endLine}. For a terminal only. */
export function drawLine(text: string): void {
  live ??= begin(text);
  live.text = text;
  live.draw(text);
}

/**
 * Draws a bar and words beside it, over the ones before: in one line, where the terminal is wide enough for the words.
 * `failed`: what of `part` is drawn red.
 */
export function drawBar(part: number, words: string, failed = 0): void {
  const room = (process.stderr.columns ?? 80) - words.length - 4;
  const width = Math.max(NARROWEST, Math.min(WIDEST, room));
  const filled = Math.round(Math.min(1, part) * width);
  // Any failure is seen.
  const bad = Math.min(filled, Math.ceil(failed * width));
  drawLine(
    `  ${styled('green', '█'.repeat(filled - bad))}${styled('red', '█'.repeat(bad))}${styled('dim', '░'.repeat(width - filled))} ${words}`,
  );
}

/** Leaves what was drawn last as it is. */
export function endLine(): void {
  live?.draw.done();
  live = undefined;
  sayAbove(undefined);
}

/** Takes away what was drawn. */
export function clearLine(): void {
  live?.draw.clear();
  endLine();
}

function begin(text: string): NonNullable<typeof live> {
  const line = { draw: createLogUpdate(process.stderr), text };
  sayAbove((said) => {
    line.draw.persist(said);
    line.draw(line.text);
  });
  return line;
}
