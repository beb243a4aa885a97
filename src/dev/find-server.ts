import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { answersTcp } from './ports.ts';
import { isRunning } from './processes.ts';
import { readState } from './state-file.ts';

const ANSWER_MS = 1_000;

/** The address of the dev server that has `dbFile` open now; undefined where none has. Starts nothing. */
export async function findDevServer(dbFile: string): Promise<string | undefined> {
  const folder = await realpath(dirname(resolve(dbFile))).catch(() => undefined);
  const state = folder === undefined ? undefined : await readState(join(folder, basename(dbFile)));
  if (state === undefined || !isRunning(state.pid)) return undefined;
  const [host = '', port = ''] = state.address.split(':');
  return (await answersTcp(host, Number(port), ANSWER_MS)) ? state.address : undefined;
}
