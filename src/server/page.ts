/** The page: the files that the build puts into the folder `page` beside this one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

// From source the page is where the build has put it.
const FOLDERS = ['page', '../../dist/src/server/page'].map((folder) => path.join(import.meta.dirname, folder));

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kedro-temporal</title>
<p>The page is not built: <code>npm run build</code> builds it. The endpoint itself is here: see <a href="/docs">/docs</a>.</p>
</html>
`;

/** Registers the page at `/`. Knows whether it is built when it starts. */
export async function addPage(app: FastifyInstance): Promise<void> {
  const root = FOLDERS.find((folder) => existsSync(path.join(folder, 'index.html')));
  if (root === undefined) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(NOT_BUILT),
    );
    return;
  }
  // A route a file: any other path is unknown, and says so as the endpoint does.
  await app.register(fastifyStatic, { root, wildcard: false, decorateReply: false, cacheControl: true, maxAge: 0 });
}

/** What a browser may do with anything from here: only what is from here too. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Registers those headers for what a browser shows. */
export function addPageHeaders(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    const type = reply.getHeader('content-type');
    // Answers to programs need none but this one.
    if (typeof type === 'string' && type.startsWith('application/json'))
      reply.header('x-content-type-options', 'nosniff');
    else reply.headers(HEADERS);
    done(null, payload);
  });
}
