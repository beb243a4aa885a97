import { setTimeout as delay } from 'node:timers/promises';
import { isPipelineError, messageOf, PipelineError } from '../core/index.ts';
import type { DevServerPlan } from './options.ts';
import { answersTcp, DEFAULT_PORT, freePort, isFreePort, LOOPBACK } from './ports.ts';
import { askServer, type ServerIdentity } from './readiness.ts';
import { type RunningServer, startServerProcess } from './server-process.ts';
import { serverArguments } from './server-settings.ts';

/** Milliseconds in which a server must answer; it needs 0.1 s, 0.3 s with a new database file, more on a busy machine. */
const READY_LIMIT_MS = 30_000;
const POLL_MS = 40;
/** How often a start is tried when another program takes the chosen port first. */
const ATTEMPTS = 4;
const PORT_TAKEN = /address already in use|only one usage of each socket address/i;

const UI_PORT_STEP = 1000;

/** A server that answers. */
export interface ReadyServer {
  readonly process: RunningServer;
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly clusterId: string;
}

/**
 * Starts a server on a database file or in memory and returns it when a workflow could be started on it. What was
 * started is ended when that fails. Throws `DEV_SERVER_FAILED` with the server's last lines, or the signal's reason.
 */
export async function startServer(
  plan: DevServerPlan,
  cli: string,
  dbFile: string | undefined,
  onEnd: (how: string, errors: string) => void,
): Promise<ReadyServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(plan, attempt);
    const uiPort = plan.ui ? await chooseUiPort(plan, port, attempt) : undefined;
    const args = serverArguments({ ip: LOOPBACK, port, uiPort, dbFile, namespace: plan.namespace });
    const server = await startServerProcess(cli, args, plan.environment, onEnd);
    try {
      const { clusterId } = await untilReady(server, port, plan);
      const uiUrl = uiPort === undefined ? undefined : `http://${LOOPBACK}:${uiPort}`;
      return { process: server, address: `${LOOPBACK}:${port}`, uiUrl, clusterId };
    } catch (error) {
      const lostPort = PORT_TAKEN.test(server.lastErrors());
      await server.end();
      if (!lostPort || attempt === ATTEMPTS) throw error;
    }
  }
}

async function choosePort(plan: DevServerPlan, attempt: number): Promise<number> {
  if (plan.port) return await thisPort('port', plan.port);
  if (plan.port === 0 || attempt > 1) return await freePort();
  if (await isFreePort(DEFAULT_PORT)) return DEFAULT_PORT;
  const port = await freePort();
  plan.say(
    `Port ${DEFAULT_PORT} is taken, so the dev server uses ${port}. To use the server on ${DEFAULT_PORT}, set TEMPORAL_ADDRESS=${LOOPBACK}:${DEFAULT_PORT}.`,
  );
  return port;
}

async function chooseUiPort(plan: DevServerPlan, port: number, attempt: number): Promise<number> {
  if (plan.uiPort) return await thisPort('uiPort', plan.uiPort);
  const preferred = port + UI_PORT_STEP;
  const mayPrefer = plan.uiPort === undefined && plan.port !== 0 && attempt === 1 && preferred <= 65_535;
  return mayPrefer && (await isFreePort(preferred)) ? preferred : await freePort();
}

async function thisPort(option: 'port' | 'uiPort', port: number): Promise<number> {
  if (await isFreePort(port)) return port;
  throw new PipelineError(
    'DEV_SERVER_FAILED',
    `Port ${port} of ${LOOPBACK} is taken by another program. End that program, or give another ${option}, or none so that a free one is chosen.`,
    { details: { [option]: port } },
  );
}

async function untilReady(server: RunningServer, port: number, plan: DevServerPlan): Promise<ServerIdentity> {
  const deadline = Date.now() + READY_LIMIT_MS;
  let last = 'it does not listen';
  while (Date.now() < deadline) {
    plan.signal?.throwIfAborted();
    const ending = server.ending();
    if (ending !== undefined) throw failedStart(`ended with ${ending} before it answered`, server.lastErrors());
    if (await answersTcp(LOOPBACK, port, 1_000)) {
      try {
        const identity = await askServer(`${LOOPBACK}:${port}`, plan.namespace);
        if (identity.hasNamespace && server.ending() === undefined) return identity;
        last = `it has no namespace "${plan.namespace}"`;
      } catch (error) {
        if (isPipelineError(error)) throw error;
        last = messageOf(error);
      }
    }
    await delay(POLL_MS);
  }
  throw failedStart(`was not ready within ${READY_LIMIT_MS / 1000} s (${last})`, server.lastErrors());
}

function failedStart(what: string, errors: string): PipelineError {
  return new PipelineError('DEV_SERVER_FAILED', `The Temporal dev server ${what}: ${errors || 'it wrote no error'}`, {
    details: { stderr: errors },
  });
}
