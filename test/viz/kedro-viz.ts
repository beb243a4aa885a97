/** The real kedro-viz: what it saves of a Kedro project, and what it serves of an export. */
import { type ChildProcess, spawn } from 'node:child_process';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../src/core/index.ts';
import { freePort } from '../../src/dev/ports.ts';
import { QUIET } from '../kedro/pythons.ts';

/** An export: path below `api` → content. */
export type Export = Record<string, JsonObject>;

/** What `kedro viz run --save-file` writes of the project in `folder`. */
export async function savedByKedroViz(python: string, folder: string, output: string): Promise<Export> {
  return await withKedroViz(python, folder, ['--save-file', output], async () => {
    // It listens once everything is written.
    return await readExport(output);
  });
}

/** Serves the export `name` in `folder`, as a person would who types the command there. */
export async function servedByKedroViz<T>(
  python: string,
  folder: string,
  name: string,
  work: (url: string) => Promise<T>,
): Promise<T> {
  return await withKedroViz(python, folder, ['--load-file', name], work);
}

/** Every file of an export. */
export async function readExport(folder: string): Promise<Export> {
  const root = path.join(folder, 'api');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
  const read = async (file: string) => [path.relative(root, file), JSON.parse(await readFile(file, 'utf8'))] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}

/** Why kedro-viz does not open the project in `folder`, or undefined where it does. */
export async function refusalOfKedroViz(python: string, folder: string): Promise<string | undefined> {
  try {
    await withKedroViz(python, folder, [], async () => {});
    return undefined;
  } catch (error) {
    return String(error);
  }
}

async function withKedroViz<T>(
  python: string,
  cwd: string,
  args: readonly string[],
  work: (url: string) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const kedro = path.join(path.dirname(python), 'kedro');
  await access(kedro);
  // A group of its own: kedro-viz serves from a child that it does not end. The proxy: it asks for newer versions of itself.
  const child = spawn(kedro, ['viz', 'run', '--no-browser', '--port', String(port), ...args], {
    cwd,
    env: { ...process.env, ...QUIET, HTTPS_PROXY: 'http://127.0.0.1:9', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    await said(child, 'Kedro Viz is running at');
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    await ended(child);
  }
}

/** Waits for that text. The process that serves dies alone when it cannot open a project, and the first one goes on. */
async function said(child: ChildProcess, text: string): Promise<void> {
  let heard = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      heard += chunk;
      if (heard.includes(text)) resolve();
      if (/^\S*Error: .*$/m.test(heard)) reject(new Error(heard));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('close', () => reject(new Error(`kedro viz ended: ${heard}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await gone;
}
