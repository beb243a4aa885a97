/** HTTP servers that run the same ten nodes, each in a process of its own on loopback, logging into a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pythons } from '../kedro/environment.ts';
import { freePort } from '../kedro/processes.ts';

export interface Server extends AsyncDisposable {
  readonly origin: string;
}

interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly variables: Record<string, string>;
  readonly port: number;
}

/** Where a Kedro project is served, and under which variables. */
export interface Served {
  readonly project: string;
  readonly pythons: Pythons;
  readonly variables: Record<string, string>;
}

/** Ours, with one Python host. */
export async function openOurs({ project, pythons, variables }: Served): Promise<Server> {
  return await openEndpoint(['kedro', project, pythons.python], variables);
}

/** Ours, for a native project. */
export async function openNative(project: string): Promise<Server> {
  return await openEndpoint(['native', project], {});
}

export async function openKedroServer({ project, pythons, variables }: Served): Promise<Server> {
  const port = await freePort();
  const args = ['server', 'start', '--host', '127.0.0.1', '--port', String(port)];
  return await start({ command: pythons.kedro, args, cwd: project, variables, port });
}

/** kedro-boot's FastAPI application, behind the gunicorn that it starts: one worker. */
export async function openBoot({ project, pythons, variables }: Served): Promise<Server> {
  const port = await freePort();
  const args = ['boot', 'fastapi', '--app', 'boot_app.app', '--host', '127.0.0.1', '--port', String(port)];
  const folders = [pythons.bootPath, pythons.bootHttpPath, import.meta.dirname];
  const PYTHONPATH = folders.join(path.delimiter);
  return await start({ command: pythons.kedro, args, cwd: project, variables: { ...variables, PYTHONPATH }, port });
}

async function openEndpoint(given: readonly string[], variables: Record<string, string>): Promise<Server> {
  const port = await freePort();
  const script = path.join(import.meta.dirname, 'endpoint.ts');
  const args = ['--import', 'tsx', script, String(port), ...given];
  return await start({ command: process.execPath, args, cwd: process.cwd(), variables, port });
}

async function start({ command, args, cwd, variables, port }: Start): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-bench-log-'));
  const file = path.join(folder, 'log');
  const log = openSync(file, 'a');
  const child = spawn(command, args, { cwd, env: { ...process.env, ...variables }, stdio: ['ignore', log, log] });
  closeSync(log);
  const origin = `http://127.0.0.1:${port}`;
  const close = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 600 && child.exitCode === null; i++) {
    const isUp = await fetch(`${origin}/health`).then(
      () => true,
      () => false,
    );
    if (isUp) return { origin, [Symbol.asyncDispose]: close };
    await sleep(100);
  }
  const words = readFileSync(file, 'utf8').slice(-2_000);
  await close();
  throw new Error(`${path.basename(command)} ${args.join(' ')} does not start: ${words}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
