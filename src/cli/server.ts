/**
 * Reaching Temporal from a command: the server at an address, or a dev server with a worker for as long as the command runs.
 */
import path from 'node:path';
import { PipelineError } from '../core/index.ts';
import { openDevServer } from '../dev/index.ts';
import { say } from './terminal.ts';

/** Flags that say which server. */
export interface ServerFlags {
  address?: string;
  namespace?: string;
  taskQueue: string;
}

export const DEFAULT_ADDRESS = 'localhost:7233';

/** Where to connect: the flag, else TEMPORAL_ADDRESS, else a local server. */
export function addressOf(flags: ServerFlags): string {
  return flags.address || process.env.TEMPORAL_ADDRESS || DEFAULT_ADDRESS;
}

export function namespaceOf(flags: ServerFlags): string {
  return flags.namespace || process.env.TEMPORAL_NAMESPACE || 'default';
}

/** A client for a command. Throws `SERVER_UNREACHABLE`. */
export async function connectClient(flags: ServerFlags) {
  const { Client, Connection } = await import('@temporalio/client');
  const address = addressOf(flags);
  try {
    const connection = await Connection.connect({ address, connectTimeout: '3 seconds' });
    return { client: new Client({ connection, namespace: namespaceOf(flags) }), close: () => connection.close() };
  } catch (cause) {
    throw new PipelineError(
      'SERVER_UNREACHABLE',
      `No Temporal server answers at ${address}. Start one with "npx kedro-temporal dev", add --dev to this command, or name another with --address.`,
      { cause, details: { address } },
    );
  }
}

/** Opens (or joins) the dev server of a project; its state is kept in the project's `.kedro-temporal/`. */
export async function projectServer(project: string, flags: ServerFlags, signal: AbortSignal) {
  return await openDevServer({
    address: flags.address,
    namespace: namespaceOf(flags),
    dbFile: path.join(path.resolve(project), '.kedro-temporal', 'temporal.db'),
    onMessage: say,
    signal,
  });
}
