/** What `init` would write: files that are not there yet, and lines that files of the user's do not have. */
import { lstatSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, PipelineError } from '../../core/index.ts';

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
  return isThere(path.join(folder, file))
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

/** The content of a file; undefined where there is none. Throws `REQUEST_INVALID` for one that is there and cannot be read. */
export async function textOf(folder: string, file: string): Promise<string | undefined> {
  const whole = path.join(folder, file);
  try {
    return await readFile(whole, 'utf8');
  } catch (cause) {
    if (isError(cause, 'ENOENT') && !isThere(whole)) return undefined;
    throw refused(`${whole} is there and cannot be read: ${messageOf(cause)}. Mend or remove it first.`, cause);
  }
}

// A link to nothing is there as well: what is written to it would land in another place.
function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Writes what is to be created and changed. Throws `REQUEST_INVALID` for a file that cannot be written. */
export async function writeFiles(folder: string, plans: readonly FilePlan[]): Promise<void> {
  for (const { file, does, text } of plans) {
    if (text === undefined) continue;
    const whole = path.join(folder, file);
    try {
      await mkdir(path.dirname(whole), { recursive: true });
      await writeFile(whole, text, { flag: does === 'create' ? 'wx' : 'w' });
    } catch (cause) {
      const why = isError(cause, 'EEXIST') ? 'somebody else has made it meanwhile' : messageOf(cause);
      throw refused(
        `${whole} cannot be written: ${why}. Mend that and call init again; what is written is kept.`,
        cause,
      );
    }
  }
}

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function refused(message: string, cause: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { cause });
}
