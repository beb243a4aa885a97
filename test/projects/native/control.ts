/** How a test drives a node from outside, in whatever process it runs: by a file it writes and a file it waits for. */
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Paths are absolute. */
export type Control = {
  /** Each call of a node adds its name to this file. */
  calls?: string;
  /** The node of this name throws. */
  failAt?: string;
  /** The node of this name waits until the file `gate` exists. */
  waitAt?: string;
  gate?: string;
};

export async function pass(name: string, control: Control): Promise<void> {
  if (control.calls !== undefined) await appendFile(control.calls, `${name}\n`);
  while (control.waitAt === name && !existsSync(control.gate ?? '')) await sleep(5);
  if (control.failAt === name) throw new Error(`${name} was told to fail`);
}
