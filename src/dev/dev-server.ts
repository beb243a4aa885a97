/**
 * A Temporal dev server for as long as someone needs it.
 *
 * A server is **given** (an address: used as it is), **shared** (another living process has the same database file open:
 * used, and left to that process to end), or **owned** (started by us, or left behind by a process that has died: ours to
 * end). A file beside the database, `<dbFile>.server.json`, tells who has it open.
 *
 * 1. At most one server has a database file open: opening and closing happen under a lock of that file.
 * 2. A server does not outlive its owner, however that ends, except where the machine leaves us no way.
 * 3. A server that the note names is believed only if it says that it is the one of that database.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPipelineError, messageOf, PipelineError } from '../core/index.ts';
import { withFileLock } from './file-lock.ts';
import { checkGivenAddress } from './given-address.ts';
import { type DevServerOptions, type DevServerPlan, planDevServer, settleDbFile } from './options.ts';
import { answersTcp, DEFAULT_PORT, isFreePort } from './ports.ts';
import { isRunning, waitForEnd } from './processes.ts';
import { askServer } from './readiness.ts';
import { END_GRACE_MS, type RunningServer, takeOverServer } from './server-process.ts';
import { startServer } from './server-start.ts';
import { readState, removeState, type ServerState, writeState } from './state-file.ts';
import { findTemporalCli } from './temporal-cli.ts';

/** A server to connect to. */
export interface DevServer extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  /** Temporal's own page; unknown for a given address. */
  readonly uiUrl?: string;
  /** The server's process; unknown for a given address. */
  readonly pid?: number;
  /** Whether `close` ends it. */
  readonly owned: boolean;
  /** Ends the server if it is ours; else does nothing. Twice is fine. */
  close(): Promise<void>;
}

// Longer than a start or an end can take.
const LOCK_STALE_MS = 5 * 60_000;

/**
 * Finds or starts a dev server; when it returns, a workflow can be started in its namespace.
 *
 * Throws `SERVER_UNREACHABLE` when nothing listens at a given address, `TEMPORAL_CLI_NOT_FOUND` when there is nothing to
 * start, `DEV_SERVER_FAILED` when it does not start, `REQUEST_INVALID` for a port that is none, and the signal's reason.
 */
export async function openDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const plan = planDevServer(options);
  plan.signal?.throwIfAborted();
  if (plan.address !== undefined) {
    await checkGivenAddress(plan.address, plan.signal);
    return devServer({ address: plan.address, owned: false }, async () => {});
  }
  if (plan.dbFile === undefined) return await openInMemory(plan);
  return await openOnFile(plan, await settleDbFile(plan.dbFile));
}

async function openInMemory(plan: DevServerPlan): Promise<DevServer> {
  const cli = await findCli(plan);
  const watch = watchEnd(plan);
  const server = await withPortLock(plan, () => startServer(plan, cli, undefined, watch.onEnd));
  watch.begin(server.address);
  plan.say(
    `The dev server answers at ${server.address}${pageNote(server.uiUrl)}; it forgets everything when it ends.`,
    'open',
  );
  return devServer({ address: server.address, uiUrl: server.uiUrl, pid: server.process.pid, owned: true }, () =>
    server.process.end(),
  );
}

async function openOnFile(plan: DevServerPlan, dbFile: string): Promise<DevServer> {
  const running = await withDbLock(dbFile, plan, () => joinRunning(plan, dbFile));
  if (running !== undefined) return running;
  // Outside the lock: it may take minutes.
  const cli = await findCli(plan);
  return await withDbLock(dbFile, plan, async () => {
    const joined = await joinRunning(plan, dbFile);
    if (joined !== undefined) return joined;
    const own = await whereItWas(plan, dbFile);
    return await withPortLock(own, () => startOnFile(own, cli, dbFile));
  });
}

// A server that ended without a word (it was killed): its workers and clients go on calling it where it was.
async function whereItWas(plan: DevServerPlan, dbFile: string): Promise<DevServerPlan> {
  const state = plan.port === undefined ? await readState(dbFile) : undefined;
  const port = Number(state?.address.split(':')[1]);
  return port > 0 && (await isFreePort(port)) ? { ...plan, port } : plan;
}

async function startOnFile(plan: DevServerPlan, cli: string, dbFile: string): Promise<DevServer> {
  const watch = watchEnd(plan);
  const { process: server, address, uiUrl, clusterId } = await startServer(plan, cli, dbFile, watch.onEnd);
  const state: ServerState = { pid: server.pid, ownerPid: process.pid, address, clusterId };
  try {
    await writeState(dbFile, uiUrl === undefined ? state : { ...state, uiUrl });
  } catch (error) {
    await server.end();
    throw noteFailed(dbFile, error);
  }
  watch.begin(address);
  plan.say(`The dev server answers at ${address}${pageNote(uiUrl)}; it keeps its data in ${dbFile}.`, 'open');
  return ownedOnFile(state, uiUrl, dbFile, server);
}

/** The server that has `dbFile` open, if there is one. */
async function joinRunning(plan: DevServerPlan, dbFile: string): Promise<DevServer | undefined> {
  const state = await readState(dbFile);
  if (state === undefined || !isRunning(state.pid)) return undefined;
  const orphaned = !isRunning(state.ownerPid);
  // Its owner has just died: the server is about to end by itself, and must not be taken for one that stays.
  if (orphaned && (await waitForEnd(state.pid, END_GRACE_MS))) return undefined;
  if (!existsSync(dbFile) || !(await isServerOf(state, plan))) return undefined;
  const { address, uiUrl, pid } = state;
  if (!orphaned) {
    plan.say(
      `Uses the dev server at ${address}${pageNote(uiUrl)}, which process ${state.ownerPid} runs on ${dbFile}.`,
      'open',
    );
    return devServer({ address, uiUrl, pid, owned: false }, async () => {});
  }
  await writeState(dbFile, { ...state, ownerPid: process.pid });
  plan.say(
    `Takes over the dev server at ${address}${pageNote(uiUrl)}, which an earlier process has left on ${dbFile}.`,
    'open',
  );
  return ownedOnFile(state, uiUrl, dbFile, takeOverServer(pid));
}

async function isServerOf(state: ServerState, plan: DevServerPlan): Promise<boolean> {
  const [host = '', port = ''] = state.address.split(':');
  if (!(await answersTcp(host, Number(port), 1_000))) return false;
  const identity = await askServer(state.address, plan.namespace).catch(rethrowOurs);
  if (identity?.clusterId !== state.clusterId) return false;
  if (identity.hasNamespace) return true;
  throw new PipelineError(
    'DEV_SERVER_FAILED',
    `The dev server at ${state.address} has the database open but has no namespace "${plan.namespace}". End it (process ${state.pid}) and start again, or ask for another namespace or database file.`,
    { details: { address: state.address, pid: state.pid, namespace: plan.namespace } },
  );
}

// Something else than a Temporal server may have the port by now; its answer is of no interest.
function rethrowOurs(error: unknown): undefined {
  if (isPipelineError(error)) throw error;
  return undefined;
}

function ownedOnFile(state: ServerState, uiUrl: string | undefined, dbFile: string, server: RunningServer): DevServer {
  return devServer({ address: state.address, uiUrl, pid: state.pid, owned: true }, () =>
    // Under the lock, so that nobody joins a server that is ending or opens the file beside it.
    withFileLock(`${dbFile}.lock`, { staleAfterMs: LOCK_STALE_MS }, async () => {
      await server.end();
      await removeState(dbFile, state.pid);
    }),
  );
}

function devServer(
  facts: { address: string; uiUrl?: string | undefined; pid?: number | undefined; owned: boolean },
  end: () => Promise<void>,
): DevServer {
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= end();
    return closing;
  };
  return Object.freeze({
    address: facts.address,
    ...(facts.uiUrl === undefined ? {} : { uiUrl: facts.uiUrl }),
    ...(facts.pid === undefined ? {} : { pid: facts.pid }),
    owned: facts.owned,
    close,
    [Symbol.asyncDispose]: close,
  });
}

async function findCli(plan: DevServerPlan): Promise<string> {
  const { environment, say, signal, cliSources } = plan;
  const { path } = await findTemporalCli({ environment, onMessage: say, signal, sources: cliSources });
  return path;
}

/** Tells of an end that nobody asked for, once the server is open; before that the opening tells. */
function watchEnd(plan: DevServerPlan): {
  onEnd: (how: string, errors: string) => void;
  begin: (address: string) => void;
} {
  let open: string | undefined;
  return {
    begin: (address) => {
      open = address;
    },
    onEnd: (how, errors) => {
      if (open !== undefined) plan.say(`The dev server at ${open} has ended unasked, with ${how}. ${errors}`.trim());
    },
  };
}

function withDbLock<T>(dbFile: string, plan: DevServerPlan, work: () => Promise<T>): Promise<T> {
  const onWait = () => plan.say(`Waiting for another process that opens or closes ${dbFile}.`);
  return withFileLock(`${dbFile}.lock`, { staleAfterMs: LOCK_STALE_MS, signal: plan.signal, onWait }, work);
}

/**
 * Two starts that want the same port must not overlap: the loser would see the winner answer there and take it for its
 * own. A port that the system chooses needs no lock.
 */
function withPortLock<T>(plan: DevServerPlan, work: () => Promise<T>): Promise<T> {
  if (plan.port === 0) return work();
  const file = join(tmpdir(), `kedro-temporal-${process.getuid?.() ?? 'user'}-port-${plan.port ?? DEFAULT_PORT}.lock`);
  return withFileLock(file, { staleAfterMs: LOCK_STALE_MS, signal: plan.signal }, work);
}

function pageNote(uiUrl: string | undefined): string {
  return uiUrl === undefined ? '' : ` (page: ${uiUrl})`;
}

function noteFailed(dbFile: string, cause: unknown): PipelineError {
  return new PipelineError('DEV_SERVER_FAILED', `The note beside ${dbFile} cannot be written: ${messageOf(cause)}`, {
    cause,
    details: { dbFile },
  });
}
