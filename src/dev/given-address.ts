import { isLoopback, PipelineError } from '../core/index.ts';
import { answersTcp, DEFAULT_PORT } from './ports.ts';

const ANSWER_MS = 5_000;

/**
 * Checks that something listens at `host:port`. No more: the server may want TLS or a key that only its clients know.
 * Throws `SERVER_UNREACHABLE`.
 */
export async function checkGivenAddress(address: string, signal: AbortSignal | undefined): Promise<void> {
  const { host, port } = parseAddress(address);
  const answers = await answersTcp(host, port, ANSWER_MS);
  signal?.throwIfAborted();
  if (answers) return;
  throw new PipelineError(
    'SERVER_UNREACHABLE',
    `Nothing answers at the Temporal address ${address}. Start that server, correct TEMPORAL_ADDRESS (or the address given), or give none so that a dev server is started.`,
    { details: { address } },
  );
}

/**
 * Throws at once where nothing listens at an address of this machine: the client would try for seconds. Says nothing of other
 * machines, which a proxy may stand before.
 */
export async function checkListening(address: string): Promise<void> {
  const { host, port } = parseAddress(address);
  if (!isLoopback(host) || (await answersTcp(host, port, ANSWER_MS))) return;
  throw new Error(`Nothing listens at ${address}.`);
}

/** `host:port`, `host` (port 7233), `[::1]:port`. Throws `SERVER_UNREACHABLE`, not retryable, for anything else. */
export function parseAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@]+))(?::(\d{1,5}))?$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (host !== undefined && port > 0 && port <= 65_535) return { host, port };
  throw new PipelineError(
    'SERVER_UNREACHABLE',
    `The Temporal address "${address}" is not of the form host:port, like 127.0.0.1:7233. Correct TEMPORAL_ADDRESS or the address given.`,
    { details: { address }, retryable: false },
  );
}
