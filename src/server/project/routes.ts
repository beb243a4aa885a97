/** What Kedro's server says of itself and of its project. */
import type { FastifyInstance } from 'fastify';
import { readParams } from '../../config/index.ts';
import { isPipelineError, type JsonObject, messageOf, type PipelineSession } from '../../core/index.ts';
import type { Allowance } from '../access/allow.ts';
import { errorResponses, object, type Schema, TEXT, TEXTS } from '../documents/answer-schemas.ts';
import { redacted } from '../redaction.ts';
import { exceptionOf } from '../runs/answers.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';

export interface ProjectRoutes {
  readonly session: PipelineSession | undefined;
  readonly kedroVersion: string;
  readonly allowance: Allowance;
  readonly isDraining: () => boolean;
}

interface SnapshotFailed {
  status: 'failure';
  error: { type: string; message: string };
}

const HEALTH = object({ status: { enum: ['healthy', 'unhealthy'] }, kedro_version: TEXT }, { reason: TEXT });

const SNAPSHOT: Schema = {
  anyOf: [
    object({
      status: { const: 'success' },
      metadata: object({ project_name: TEXT, package_name: TEXT, kedro_version: TEXT }),
      pipelines: { type: 'array', items: { type: 'object' } },
      datasets: { type: 'object', additionalProperties: { type: 'object' } },
      parameters: TEXTS,
    }),
    object({ status: { const: 'failure' }, error: object({ type: TEXT, message: TEXT }) }),
  ],
};

/** Registers `/health` and `/snapshot`. */
export function addProjectRoutes(app: FastifyInstance, routes: ProjectRoutes): void {
  const health = {
    summary: 'Whether it takes requests',
    tags: ['project'],
    security: [],
    response: { 200: HEALTH, 503: { description: 'It is closing.', ...HEALTH } },
  };
  app.get('/health', { schema: health }, (_request, reply) => {
    const { kedroVersion } = routes;
    if (!routes.isDraining()) return { status: 'healthy', kedro_version: kedroVersion };
    reply.code(503);
    return { status: 'unhealthy', kedro_version: kedroVersion, reason: 'draining' };
  });

  const snapshot = {
    summary: 'The project: pipelines, datasets, names of parameters',
    tags: ['project'],
    querystring: object({}, { params: { type: 'string', description: 'Runtime params, `k=v,a.b=c`.' } }),
    response: { 200: { description: '`status` says whether it could be read.', ...SNAPSHOT }, ...errorResponses() },
  };
  const serializerCompiler = () => JSON.stringify;
  app.get<{ Querystring: { params?: string } }>(
    '/snapshot',
    // Not one schema of the framework's could take the several texts of a parameter that is given twice.
    { schema: snapshot, serializerCompiler, validatorCompiler: () => () => true },
    ({ query: { params } }) => snapshotFor(routes, [params].flat().at(-1)),
  );
}

async function snapshotFor(routes: ProjectRoutes, text: string | undefined): Promise<Snapshot | SnapshotFailed> {
  if (routes.session === undefined)
    return failed('ValueError', 'This endpoint has no session: it makes durable runs only.');
  let runtimeParams: JsonObject = {};
  try {
    if (text) runtimeParams = readParams(text).json;
  } catch (error) {
    return failed('ValueError', messageOf(error));
  }
  try {
    const project = await routes.session.describe({ runtimeParams });
    return snapshotOf(project, routes.allowance);
  } catch (error) {
    return failed(isPipelineError(error) ? exceptionOf(error) : 'Exception', redacted(messageOf(error)));
  }
}

function failed(type: string, message: string): SnapshotFailed {
  return { status: 'failure', error: { type, message } };
}
