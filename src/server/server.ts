/**
 * The endpoint: one process, one warm session, many callers.
 *
 * Its states: open, draining, closed. `close()` moves to draining: it takes no new connection and no new run, and waits for
 * what runs, at most `drainMs`; then it cancels that. Closed is when every connection has ended.
 */
import { createRequire } from 'node:module';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { isLoopback, isPipelineError, messageOf, PipelineError, type ProjectDescription } from '../core/index.ts';
import { allowanceOf } from './access/allow.ts';
import { guardOf } from './access/guard.ts';
import { addLogin } from './access/login.ts';
import { tokensOf } from './access/tokens.ts';
import { addConsole } from './console/console.ts';
import { addOpenApi } from './documents/openapi.ts';
import { addFailures } from './failures.ts';
import { type KedroServerOptions, type ResolvedServerOptions, resolveOptions } from './options.ts';
import { addPage, addPageHeaders } from './page.ts';
import { addProjectRoutes } from './project/routes.ts';
import { servedPipelines } from './project/served-pipelines.ts';
import { READ_AS_KEDRO } from './project/snapshot.ts';
import { DirectRuns } from './runs/direct-runs.ts';
import { DurableRuns } from './runs/durable-runs.ts';
import { runMaker } from './runs/making.ts';
import { addRunRoutes, directViews } from './runs/routes.ts';

/** An endpoint that may listen. */
export interface KedroServer extends AsyncDisposable {
  /** Its routes, for a test (`inject`) and for routes of one's own, before it listens. */
  readonly app: FastifyInstance;
  /**
   * Listens. `port` 0 takes a free one; the answer is the address with the port. Throws `REQUEST_INVALID` for a host that is
   * not this machine's own, unless there is a token or `isOpen` is said.
   */
  listen(options?: { host?: string; port?: number }): Promise<string>;
  /** Takes nothing new, lets running requests end, cancels what lasts. Session and client stay open. Twice is fine. */
  close(): Promise<void>;
}

const { version } = createRequire(import.meta.url)('kedro-temporal/package.json') as { version: string };

/** What an endpoint has open. */
interface Life {
  readonly direct: DirectRuns | undefined;
  readonly streams: Set<() => void>;
  readonly closing: AbortController;
  isDraining: boolean;
  /** Requests that have no whole answer yet. */
  answering: number;
}

/** Makes an endpoint. Asks the session what it can run; connects to nothing else. Throws `REQUEST_INVALID`. */
export async function createKedroServer(given: KedroServerOptions): Promise<KedroServer> {
  const options = resolveOptions(given);
  const { session, limits } = options;
  const app = fastify({
    bodyLimit: limits.bodyLimit,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1024 },
  });
  const life: Life = {
    direct: session === undefined ? undefined : new DirectRuns(session, limits),
    streams: new Set(),
    closing: new AbortController(),
    isDraining: false,
    answering: 0,
  };
  await addRoutes(app, options, life, await session?.describe());
  let closed: Promise<void> | undefined;
  const server: KedroServer = {
    app,
    async listen({ host = '127.0.0.1', port = 8000 } = {}) {
      checkHost(host, options);
      return await app.listen({ host, port });
    },
    async close() {
      closed ??= drain(app, life, limits.drainMs);
      await closed;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  return server;
}

async function addRoutes(
  app: FastifyInstance,
  options: ResolvedServerOptions,
  life: Life,
  project: ProjectDescription | undefined,
): Promise<void> {
  const { session, temporal, access, logsUrl } = options;
  const tokens = access.token === undefined ? undefined : tokensOf(access.token);
  const guard = guardOf(access, tokens);
  const allowance = allowanceOf(access.allow);
  addFailures(app, options.onError);
  app.addHook('onRequest', (request, reply, done) => {
    life.answering++;
    reply.raw.once('close', () => life.answering--);
    try {
      guard(request);
    } catch (error) {
      // A person at a browser is shown the way in.
      if (isUnknownPerson(request, error)) return void reply.redirect('/login', 303);
      throw error;
    }
    done();
  });
  addPageHeaders(app);
  const served = project === undefined ? { pipelines: [], broken: {} } : servedPipelines(project, allowance);
  await addOpenApi(app, {
    project: project === undefined ? 'kedro-temporal' : nameOf(project),
    version,
    hasToken: tokens !== undefined,
    broken: served.broken,
  });
  addProjectRoutes(app, {
    session,
    kedroVersion: project?.kedro?.version ?? READ_AS_KEDRO,
    allowance,
    isDraining: () => life.isDraining,
  });
  const views = directViews(allowance, logsUrl);
  const ownRunView = (runId: string) => {
    const run = life.direct?.find(runId);
    return run === undefined ? undefined : views.view(run);
  };
  const console = addConsole(app, { ...consoleDeps(options), ownRunView });
  const durable = temporal === undefined ? undefined : new DurableRuns(temporal, (id) => console.durableRunView(id));
  const places = { direct: life.direct, durable, closing: life.closing.signal };
  await addRunRoutes(app, {
    make: runMaker(options, allowance, places),
    places,
    pipelines: served.pipelines,
    streams: life.streams,
    views,
  });
  await addLogin(app, tokens);
  await addPage(app);
}

function isUnknownPerson({ method, headers }: FastifyRequest, error: unknown): boolean {
  const isUnknown = isPipelineError(error) && error.code === 'NOT_AUTHENTICATED';
  return isUnknown && method === 'GET' && headers.accept?.includes('text/html') === true;
}

function nameOf({ kedro, project }: ProjectDescription): string {
  return kedro?.projectName ?? project.split(/[\\/]/).at(-1) ?? project;
}

function consoleDeps({ session, temporal, jobs, access, logsUrl }: ResolvedServerOptions) {
  return {
    version,
    jobs,
    allow: access.allow,
    ...(session === undefined ? {} : { session, project: session.project }),
    ...(temporal === undefined ? {} : { temporal }),
    ...(logsUrl === undefined ? {} : { logsUrl }),
  };
}

function checkHost(host: string, { access }: ResolvedServerOptions): void {
  if (access.token !== undefined || access.isOpen || isLoopback(host)) return;
  throw new PipelineError(
    'REQUEST_INVALID',
    `The host "${host}" can be reached from other machines: give "access.token", or say "access.isOpen" to let everybody in.`,
    { details: { host } },
  );
}

const IDLE_CHECK_MS = 20;

async function drain(app: FastifyInstance, life: Life, drainMs: number): Promise<void> {
  life.isDraining = true;
  for (const end of life.streams) end();
  const stop = setTimeout(() => {
    life.closing.abort();
    life.direct?.stopAll();
  }, drainMs);
  // A connection that has had its answer is kept for the next request, and a browser opens some before it has any.
  const idle = setInterval(() => {
    if (life.answering === 0) app.server.closeAllConnections();
    else app.server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  try {
    await Promise.all([app.close(), life.direct?.drain()]);
  } catch (error) {
    throw new Error(`The endpoint did not close well: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(stop);
    clearInterval(idle);
    life.closing.abort();
  }
}
