/** Where in the user's own code an error came from. */
import { fileURLToPath } from 'node:url';

const MOST_FRAMES = 5;
const MOST_CAUSES = 10;
const OURS = ['src', 'activities', 'workflows'].map((folder) =>
  fileURLToPath(new URL(`../../${folder}/`, import.meta.url)),
);

/**
 * Frames of the innermost cause of `error`, without those of Node, of Python, of dependencies and of this package; the
 * innermost first, five at most.
 */
export function ownFrames(error: unknown): string[] {
  const { stack = '' } = innermostCause(error) ?? {};
  const lines = stack.split('\n');
  const frames = lines.filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return [...frames, ...pythonFrames(lines)].filter((line) => !isForeign(line)).slice(0, MOST_FRAMES);
}

// A traceback begins at the outermost call.
function pythonFrames(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => {
      const [, file, at, name] = /^\s+File "(.+)", line (\d+)(?:, in (.+))?$/.exec(line) ?? [];
      return file === undefined ? [] : [`    at ${name === undefined ? '' : `${name} `}(${file}:${at})`];
    })
    .reverse();
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
  return (
    /node_modules|node:|site-packages|\/lib\/python\d|\(</.test(frame) || OURS.some((folder) => frame.includes(folder))
  );
}
