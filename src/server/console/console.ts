/**
 * What the page and other HTTP clients read and control about durable work: routes over `src/client`, and one stream of
 * events. Errors are thrown as they are: the application's error handler answers them.
 */
import type { FastifyInstance } from 'fastify';
import { PipelineError } from '../../core/index.ts';
import type { RunView } from '../api.ts';
import type { ConsoleDeps } from './deps.ts';

/** What an application may ask of the console beside its routes. */
export interface Console {
  /** The answer of `GET /runs/{run_id}` for a durable run. Throws `RUN_NOT_FOUND`, `SERVER_UNREACHABLE`. */
  durableRunView(runId: string): Promise<RunView>;
  /** Topics that somebody follows now. */
  followed(): string[];
}

const ROUTES = [
  ['GET', '/about'],
  ['GET', '/jobs'],
  ['GET', '/jobs/:job/intervals'],
  ['GET', '/backfills'],
  ['GET', '/backfills/:id'],
  ['POST', '/backfills/:id/:control'],
  ['GET', '/runs'],
  ['GET', '/sweeps'],
  ['GET', '/sweeps/:id'],
  ['POST', '/sweeps/:id/:control'],
  ['GET', '/workers'],
  ['GET', '/pipelines'],
  ['GET', '/events'],
] as const;

/** Registers the routes. Connects to nothing until one is asked. */
export function addConsole(app: FastifyInstance, _deps: ConsoleDeps): Console {
  const away = async () => {
    throw new PipelineError('SERVER_UNREACHABLE', 'The console is not there yet.');
  };
  for (const [method, url] of ROUTES) app.route({ method, url, handler: away });
  return { durableRunView: away, followed: () => [] };
}
