/** The real `kedro server`, on a copy of the shop's twin that it can run: every entry of its catalog must make a dataset. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { QUIET } from './pythons.ts';

const PROJECT = path.resolve(import.meta.dirname, '../projects/kedro');
const UNFIT = ['broken', 'needs_locked', 'needs_odd', 'inherited'];

/** Copies the project, without what keeps Kedro from making its catalog and its pipelines. */
export async function copyProject(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-server-'));
  const unfit = UNFIT.map((name) => path.join('pipelines', name));
  await cp(PROJECT, folder, {
    recursive: true,
    filter: (file) => !file.includes('__pycache__') && !unfit.some((each) => file.endsWith(each)),
  });
  const file = path.join(folder, 'conf/base/catalog.yml');
  const catalog = await readFile(file, 'utf8');
  const fit = catalog
    .replace(/\$\{runtime_params:(day|slot)\}/g, `\${runtime_params:$1,none}`)
    .replace(/\nodd:\n.*?\nmissing:/s, '\nmissing:');
  await writeFile(file, fit);
  return folder;
}

export interface RunningKedroServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `kedro server`; returns when it answers. */
export async function startKedroServer(python: string, project: string): Promise<RunningKedroServer> {
  const port = await freePort();
  const child = spawn(python, ['-m', 'kedro', 'server', 'start', '--port', String(port)], {
    cwd: project,
    env: { ...process.env, ...QUIET },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    answers(`${url}/health`, child),
    once(child, 'exit').then(() => {
      throw new Error(`kedro server ended: ${said.join('')}`);
    }),
  ]);
  return {
    url,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
