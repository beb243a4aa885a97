/**
 * The endpoint: one process, one warm session, many callers.
 *
 * Its states: open, draining, closed. `close()` moves to draining: it takes no new connection and no new run, and waits for
 * what runs, at most `drainMs`; then it cancels that. Closed is when every connection has ended.
 */
import fastify, { type FastifyInstance } from 'fastify';
import { type KedroServerOptions, resolveOptions } from './options.ts';

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

/** Makes an endpoint. Asks the session what it can run; connects to nothing else. */
export async function createKedroServer(options: KedroServerOptions): Promise<KedroServer> {
  resolveOptions(options);
  const app = fastify({ logger: false });
  let closed: Promise<void> | undefined;
  const server: KedroServer = {
    app,
    listen: ({ host = '127.0.0.1', port = 8000 } = {}) => app.listen({ host, port }),
    async close() {
      closed ??= Promise.resolve(app.close());
      await closed;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
  return server;
}
