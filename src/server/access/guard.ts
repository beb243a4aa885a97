/**
 * Who is let in, checked before a body is read.
 *
 * 1. With a token: who shows it, or a browser that has a pass. A pass changes nothing for a page of another site.
 * 2. Without one, on this machine only: the Host header must be a name of this machine (a page elsewhere may make its own
 *    name point here), and what changes something must not come from a page of another site.
 * 3. Open to everybody: the second half of 2 still holds.
 */
import type { FastifyRequest } from 'fastify';
import { isLoopback, PipelineError } from '../../core/index.ts';
import type { ResolvedServerOptions } from '../options.ts';
import type { Tokens } from './tokens.ts';

/** Throws `NOT_AUTHENTICATED` or `NOT_ALLOWED`. */
export type Guard = (request: FastifyRequest) => void;

/** Routes that anybody may ask: they say nothing of the project. */
const PUBLIC = new Set(['/health', '/login']);

export function guardOf({ isOpen, hosts }: ResolvedServerOptions['access'], tokens: Tokens | undefined): Guard {
  return (request) => {
    if (tokens !== undefined) {
      if (hasToken(request, tokens)) return;
      if (PUBLIC.has(request.routeOptions.url ?? '')) return checkSite(request);
      if (!tokens.hasPass(request.headers.cookie ?? '')) throw notAuthenticated();
      return checkSite(request);
    }
    if (!isOpen && !isOwnHost(request.headers.host ?? '', hosts)) throw strangeHost(request.headers.host ?? '');
    checkSite(request);
  };
}

function hasToken({ headers: { authorization = '' } }: FastifyRequest, tokens: Tokens): boolean {
  const given = /^Bearer +(.*)$/i.exec(authorization)?.[1];
  return given !== undefined && tokens.isToken(given);
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

function checkSite({ method, headers }: FastifyRequest): void {
  if (SAFE.has(method)) return;
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined ? isSameOrigin(headers) : site === 'same-origin' || site === 'none';
  if (isOwn) return;
  throw new PipelineError(
    'NOT_ALLOWED',
    `The request comes from a page of another site (${headers.origin ?? String(site)}): only the endpoint's own page may change something in a browser.`,
  );
}

// A client that is no browser sends no Origin.
function isSameOrigin({ origin, host }: FastifyRequest['headers']): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function isOwnHost(header: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(`http://${header}`)) return false;
  const { hostname } = new URL(`http://${header}`);
  return isLoopback(hostname) || hosts.includes(hostname) || hosts.includes(header.toLowerCase());
}

function notAuthenticated(): PipelineError {
  return new PipelineError(
    'NOT_AUTHENTICATED',
    'The endpoint asks for a token: send it as "Authorization: Bearer …", or sign in at /login.',
  );
}

function strangeHost(host: string): PipelineError {
  return new PipelineError(
    'NOT_ALLOWED',
    `The endpoint does not answer as "${host}": use localhost, give it a token, or add the name to "hosts" of the "serve" table.`,
    { details: { host } },
  );
}
