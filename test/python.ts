import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The newest Kedro that results are held against. */
export const KEDRO_VERSION = '1.7.0';

const FOLDER = path.resolve(import.meta.dirname, '../node_modules/.cache/kedro-temporal', `kedro-${KEDRO_VERSION}`);

/** A Python with kedro in it, made in `node_modules/.cache` when there is none; a text says why there can be none. */
export function pythonWithKedro(say: (text: string) => void): { python: string } | { reason: string } {
  const given = process.env.KEDRO_TEMPORAL_PYTHON;
  if (given) return { python: given };
  const python = path.join(FOLDER, 'bin/python');
  if (hasKedro(python)) return { python };
  if (!works('python3', ['--version'])) return { reason: 'there is no python3' };
  say(`Making a Python environment with kedro ${KEDRO_VERSION}: about half a minute, once.`);
  if (!works('python3', ['-m', 'venv', '--clear', FOLDER]))
    return { reason: 'python3 -m venv does not work (Debian: python3-venv)' };
  if (!works(python, ['-m', 'pip', 'install', '--quiet', `kedro==${KEDRO_VERSION}`]))
    return { reason: 'pip cannot install kedro' };
  return hasKedro(python) ? { python } : { reason: 'kedro does not import' };
}

function hasKedro(python: string): boolean {
  return existsSync(python) && works(python, ['-c', 'import kedro']);
}

function works(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
}
