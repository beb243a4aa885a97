/** The HTTP endpoint of a command: `serve` opens a session for it, `dev` has one beside its worker. */
import { isLoopback, PipelineError, type PipelineSession } from '../core/index.ts';
import { type ProjectJobs, readJobs } from '../jobs/index.ts';
import type { KedroServerOptions, RunMode } from '../server/index.ts';
import { defined } from './fields.ts';
import type { SettledServer } from './server.ts';
import { isKedroProject, type ProjectFlags, placeOf } from './session.ts';

/** Flags that say how to serve; they go before the `serve` table of temporal.yml. */
export interface EndpointFlags {
  host?: string;
  port?: number;
  /** False for `--no-auth`. */
  auth?: boolean;
  concurrency?: number;
  queue?: number;
  /** Milliseconds. */
  timeout?: number;
  mode?: RunMode;
}

export interface EndpointOptions {
  flags: ProjectFlags & EndpointFlags;
  /** For direct runs; the caller closes it, after the endpoint. */
  session?: PipelineSession;
  /** Where durable work is; left out, there is none. It is reached when it is first asked. */
  temporal?: SettledServer & { uiUrl?: string | undefined };
}

/** An endpoint that listens. */
export interface Endpoint {
  /** With the port. */
  readonly url: string;
  /** Name of the environment variable that its token comes from; undefined where it asks for none. */
  readonly tokenEnv: string | undefined;
  /** Lets running requests end, cancels what lasts longer. Twice is fine. */
  close(): Promise<void>;
}

const TOKEN_ENV = 'KEDRO_TEMPORAL_TOKEN';
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 8000;

/** Starts listening. Throws `REQUEST_INVALID` where a token is missing, and what reading temporal.yml throws. */
export async function startEndpoint({ flags, session, temporal }: EndpointOptions): Promise<Endpoint> {
  // Who may ask for what stands in this file: with a mistake in it nothing is served.
  const jobs = await jobsOf(flags);
  const { serve } = jobs;
  const { createKedroServer } = await import('../server/index.ts');
  const tokenEnv = serve.tokenEnv ?? TOKEN_ENV;
  const token = flags.auth === false ? undefined : process.env[tokenEnv] || undefined;
  const host = flags.host ?? serve.host ?? DEFAULT_HOST;
  checkAccess(host, { token, tokenEnv, isOpen: flags.auth === false });
  const durable = temporal === undefined ? undefined : await lazyClient(temporal);
  const server = await createKedroServer({
    ...(session === undefined ? {} : { session }),
    ...(durable === undefined ? {} : { temporal: durable.access }),
    jobs: () => jobsOf(flags),
    ...modeOf(flags, serve),
    access: { ...defined({ token, hosts: serve.hosts, allow: serve.allow }), isOpen: flags.auth === false },
    limits: defined({
      concurrency: flags.concurrency ?? serve.concurrency ?? (await hostsOf(flags)),
      queue: flags.queue ?? serve.queue,
      timeoutMs: flags.timeout ?? serve.timeoutMs,
      drainMs: serve.drainMs,
      bodyLimit: serve.bodyLimit,
    }),
    ...defined({ logsUrl: serve.logsUrl }),
  });
  const close = async () => {
    await server.close().finally(() => durable?.close());
  };
  const port = flags.port ?? serve.port ?? DEFAULT_PORT;
  try {
    const url = await server.listen({ host, port });
    return { url, tokenEnv: token === undefined ? undefined : tokenEnv, close };
  } catch (error) {
    await close();
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(port, error) : error;
  }
}

/** The project's temporal.yml as it is now. */
export function jobsOf(flags: ProjectFlags): Promise<ProjectJobs> {
  return readJobs(placeOf(flags));
}

function modeOf(flags: EndpointFlags, serve: ProjectJobs['serve']): Pick<KedroServerOptions, 'mode'> {
  return defined({ mode: flags.mode ?? serve.mode });
}

// A host has one run at a time: what waits for one is better counted in the queue.
async function hostsOf({ project, hosts = 1 }: ProjectFlags): Promise<number | undefined> {
  return (await isKedroProject(project)) ? hosts : undefined;
}

interface Access {
  token: string | undefined;
  tokenEnv: string;
  isOpen: boolean;
}

// Said here as well as by the endpoint: it knows the flags and variables that mend it.
function checkAccess(host: string, { token, tokenEnv, isOpen }: Access): void {
  if (token !== undefined || isOpen || isLoopback(host)) return;
  throw new PipelineError(
    'REQUEST_INVALID',
    `The host "${host}" can be reached from other machines, and there is no token. Set ${tokenEnv} to a secret that callers send as "Authorization: Bearer …", or say --no-auth to let everybody in.`,
    { details: { host } },
  );
}

async function lazyClient(temporal: NonNullable<EndpointOptions['temporal']>) {
  const { Client, Connection } = await import('@temporalio/client');
  const { address, namespace, taskQueue, uiUrl, connection: how } = temporal;
  // Direct runs need no server: one that is away must not keep them from being served.
  const connection = Connection.lazy({ ...how, address, connectTimeout: '3 seconds' });
  const client = new Client({ connection, namespace });
  return {
    access: { client, taskQueue, ...(uiUrl === undefined ? {} : { uiUrl }) },
    close: () => connection.close(),
  };
}

function portTaken(port: number, cause: unknown): PipelineError {
  return new PipelineError(
    'REQUEST_INVALID',
    `Port ${port} is taken by another program: end that, or give another with --port (0 for any that is free).`,
    { cause, details: { port, taken: true } },
  );
}
