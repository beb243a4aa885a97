/** The last lines of a terminal, drawn over and over. What is said meanwhile goes above them. */
import { createLogUpdate } from 'log-update';
import { sayAbove } from './terminal.ts';

let live: { draw: ReturnType<typeof createLogUpdate>; text: string } | undefined;

/** Draws text over the one before it, until {@link endLine}. For a terminal only. */
export function drawLine(text: string): void {
  live ??= begin(text);
  live.text = text;
  live.draw(text);
}

/** Leaves what was drawn last as it is. */
export function endLine(): void {
  live?.draw.done();
  live = undefined;
  sayAbove(undefined);
}

function begin(text: string): NonNullable<typeof live> {
  const line = { draw: createLogUpdate(process.stderr), text };
  sayAbove((said) => {
    line.draw.persist(said);
    line.draw(line.text);
  });
  return line;
}
