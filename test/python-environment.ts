/** Python environments of tests, made once: a folder with what pip has installed, and a file that says what that was. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const CACHE = path.resolve(import.meta.dirname, '../node_modules/.cache/kedro-temporal');

/** No word leaves the machine, and no plugin of the user's own takes part. */
export const QUIET = { KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' };

/** A program of the environment `name`; undefined until {@link makeEnvironment} has made it. */
export function programIn(name: string, program = 'python'): string | undefined {
  const folder = path.join(CACHE, name);
  return existsSync(path.join(folder, 'ready')) ? path.join(folder, 'bin', program) : undefined;
}

/**
 * Makes the environment `name` unless it is there with all these packages; `words` are said before that takes its time.
 * Answers with the reason where it cannot.
 */
export function makeEnvironment(
  name: string,
  packages: readonly string[],
  words: string,
  say: (text: string) => void,
): string | undefined {
  const folder = path.join(CACHE, name);
  const wanted = packages.join('\n');
  const isNew = programIn(name) === undefined;
  if (!isNew && readFileSync(path.join(folder, 'ready'), 'utf8') === wanted) return undefined;
  if (!works('python3', ['--version'])) return 'there is no python3';
  say(words);
  if (isNew && !works('python3', ['-m', 'venv', '--clear', folder]))
    return 'python3 -m venv does not work (python3-venv)';
  if (!works(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages])) {
    return `pip cannot install ${packages.join(' ')}`;
  }
  writeFileSync(path.join(folder, 'ready'), wanted);
  return undefined;
}

function works(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, ...QUIET, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
}
