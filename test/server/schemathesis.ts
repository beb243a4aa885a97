/** The Python that has schemathesis: a virtual environment in `node_modules/.cache`, made once. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve(import.meta.dirname, '../../node_modules/.cache/kedro-temporal/schemathesis');
const PACKAGES = ['schemathesis~=4.32.5'];

/** The program that {@link makeSchemathesis} has installed. */
export function schemathesis(): string | undefined {
  return existsSync(path.join(FOLDER, 'ready')) ? path.join(FOLDER, 'bin/schemathesis') : undefined;
}

/** Makes it unless it is there; answers with the reason where it cannot. */
export function makeSchemathesis(say: (text: string) => void): string | undefined {
  const wanted = PACKAGES.join('\n');
  if (schemathesis() !== undefined && readFileSync(path.join(FOLDER, 'ready'), 'utf8') === wanted) return undefined;
  if (!works('python3', ['--version'])) return 'there is no python3';
  say('Making a Python environment with schemathesis: about half a minute, once.');
  if (!works('python3', ['-m', 'venv', '--clear', FOLDER])) return 'python3 -m venv does not work (python3-venv)';
  if (!works(path.join(FOLDER, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES])) {
    return `pip cannot install ${PACKAGES.join(' ')}`;
  }
  writeFileSync(path.join(FOLDER, 'ready'), wanted);
  return undefined;
}

function works(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
}
