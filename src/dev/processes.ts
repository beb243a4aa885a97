/** Processes known by their id only: ours, and those that an earlier process of ours has left. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 25;

/** Whether a process of that id runs. One that has ended and waits to be collected does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

// In a container whose first process collects nobody, an orphan stays listed for ever after its end.
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

/** Whether the process has ended within `timeoutMs`. */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isRunning(pid)) {
    if (Date.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Asks the process to end; after `graceMs` it is killed. Returns when it is gone, or cannot be killed. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  sendSignal(pid, 'SIGTERM');
  if (await waitForEnd(pid, graceMs)) return;
  sendSignal(pid, 'SIGKILL');
  await waitForEnd(pid, 2_000);
}

function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between: that is what was wanted.
  }
}

const tied = new Set<number>();

/**
 * Makes another process end when ours does, however ours ends. Returns what unties them.
 *
 * An exit handler covers the ends that Node sees. A small shell covers those that it does not (`kill -9`, a signal that
 * nobody handles): it reads from a pipe that the system closes with us, then ends the other process: asks it, and kills it
 * five seconds later.
 */
export function tieToOurs(pid: number): () => void {
  if (tied.size === 0) process.on('exit', endTied);
  tied.add(pid);
  const releaseGuard = process.platform === 'win32' ? () => {} : startGuard(pid);
  return () => {
    if (!tied.delete(pid)) return;
    if (tied.size === 0) process.off('exit', endTied);
    releaseGuard();
  };
}

function endTied(): void {
  for (const pid of tied) sendSignal(pid, 'SIGTERM');
}

const GUARD = 'read line; kill -TERM "$1"; sleep 5; kill -KILL "$1" 2>/dev/null';

function startGuard(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'kedro-temporal-guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C in a terminal must not reach it.
    detached: true,
  });
  // Without a shell the exit handler is all there is.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return () => void guard.kill('SIGKILL');
}
