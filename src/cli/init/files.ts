/** What `init` would write: files that are not there yet, and lines that files of the user's do not have. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What becomes of one file. `text` is its whole new content; left out for one that is left as it is. */
export interface FilePlan {
  /** Relative to the project. */
  file: string;
  does: 'create' | 'change' | 'keep';
  text?: string;
  /** What is changed in it, or why it is kept. */
  what?: string;
}

/** A new file; one of that name that is there already is kept. */
export function newFile(folder: string, file: string, text: string): FilePlan {
  return existsSync(path.join(folder, file))
    ? { file, does: 'keep', what: 'is there already' }
    : { file, does: 'create', text };
}

/** A file of lines, in no order: those that are missing are added at its end. */
export async function linesIn(folder: string, file: string, lines: readonly string[]): Promise<FilePlan> {
  const before = await textOf(folder, file);
  if (before === undefined) return { file, does: 'create', text: `${lines.join('\n')}\n` };
  const known = new Set(before.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, '')));
  const missing = lines.filter((line) => !known.has(line.replace(/^\/|\/$/g, '')));
  if (missing.length === 0) return { file, does: 'keep', what: 'has all of it' };
  const end = before === '' || before.endsWith('\n') ? '' : '\n';
  return { file, does: 'change', text: `${before}${end}${missing.join('\n')}\n`, what: `+ ${missing.join(', ')}` };
}

/** The content of a file; undefined where there is none. */
export async function textOf(folder: string, file: string): Promise<string | undefined> {
  return await readFile(path.join(folder, file), 'utf8').catch(() => undefined);
}

/** Writes what is to be created and changed. */
export async function writeFiles(folder: string, plans: readonly FilePlan[]): Promise<void> {
  for (const { file, text } of plans) {
    if (text === undefined) continue;
    const whole = path.join(folder, file);
    await mkdir(path.dirname(whole), { recursive: true });
    await writeFile(whole, text);
  }
}
