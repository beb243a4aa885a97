/** What an example needs before it can run from a fresh clone: the right Node, dependencies, and the built package. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const ROOT = path.resolve(import.meta.dirname, '..');

/** Installs and builds what is not there yet, and says so. Ends the process where that fails. */
export async function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`This needs Node 20.19 or later, and this is ${process.version}.`);
    process.exit(2);
  }
  if (!existsSync(path.join(ROOT, 'node_modules/.package-lock.json'))) {
    console.error('Installing dependencies: about a minute, once.');
    await mustWork('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  }
  if (isBuilt()) return;
  console.error('Building the package: about ten seconds, when its source has changed.');
  await mustWork('npm', ['run', '--silent', 'build']);
}

function isBuilt() {
  const built = path.join(ROOT, 'dist/tsconfig.build.tsbuildinfo');
  if (!existsSync(built)) return false;
  const sources = ['src', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  );
  const newest = Math.max(...['package.json', ...sources].map((file) => statSync(path.join(ROOT, file)).mtimeMs));
  return statSync(built).mtimeMs > newest;
}

/** Makes the Python environment of a Kedro project, `.venv` with its requirements, unless it is there. @param {string} project */
export async function makePython(project) {
  const venv = path.join(project, '.venv');
  if (existsSync(path.join(venv, 'ready'))) return;
  console.error('Making a Python environment with kedro, pandas and scikit-learn: a minute or two, once.');
  await mustWork('python3', ['-m', 'venv', venv]);
  await mustWork(path.join(venv, 'bin/python'), [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
    ...['-r', path.join(project, 'requirements.txt')],
  ]);
  writeFileSync(path.join(venv, 'ready'), '');
}

/**
 * Runs a command and ends this process as it ended, unless it worked.
 * @param {string} name @param {string[]} args @param {'ignore' | 'inherit'} stdout
 */
export async function mustWork(name, args, stdout = 'ignore') {
  const { status } = await command(name, args, stdout);
  if (status !== 0) process.exit(status);
}

/**
 * Runs a command of the package; its words reach the terminal, its result comes back. Exit status 1 (some runs failed) still
 * has a result; anything else ends this process the same way.
 * @param {string[]} args
 */
export async function kedroTemporal(args) {
  const bin = path.join(ROOT, 'bin/kedro-temporal.js');
  const { status, stdout } = await command(process.execPath, [bin, ...args], 'pipe');
  if (status > 1 || stdout === '') process.exit(status || 1);
  return { status, stdout };
}

/**
 * @param {string} name @param {string[]} args @param {'ignore' | 'inherit' | 'pipe'} stdout
 * @returns {Promise<{ status: number, stdout: string }>}
 */
export function command(name, args, stdout) {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, { cwd: ROOT, stdio: ['inherit', stdout, 'inherit'] });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 130, stdout: text }));
  });
}
