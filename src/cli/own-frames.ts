/** Where in the user's own code an error came from. */
import { fileURLToPath } from 'node:url';

const MOST_FRAMES = 5;
const MOST_CAUSES = 10;
const OURS = ['src', 'activities', 'workflows'].map((folder) =>
  fileURLToPath(new URL(`../../${folder}/`, import.meta.url)),
);

/** Frames of the innermost cause of `error`, without those of Node, of dependencies and of this package; five at most. */
export function ownFrames(error: unknown): string[] {
  const { stack = '' } = innermostCause(error) ?? {};
  const frames = stack.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return frames.filter((line) => !isForeign(line)).slice(0, MOST_FRAMES);
}

// An error without a cause is our own word for something, thrown from our own code.
function innermostCause(error: unknown): Error | undefined {
  let found: Error | undefined;
  let next = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; next instanceof Error && depth < MOST_CAUSES; depth++) {
    found = next;
    next = next.cause;
  }
  return found;
}

function isForeign(frame: string): boolean {
  return /node_modules|node:/.test(frame) || OURS.some((folder) => frame.includes(folder));
}
