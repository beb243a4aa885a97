/** The OpenAPI document, generated from the routes, and the page that shows it. Everything comes from this process. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

export interface DocumentFacts {
  readonly project: string;
  readonly version: string;
  readonly hasToken: boolean;
  /** Pipelines that are left out, with what is wrong. */
  readonly broken: Readonly<Record<string, string>>;
}

/** Registers what gathers the routes; comes before them. */
export async function addOpenApi(app: FastifyInstance, facts: DocumentFacts): Promise<void> {
  const { project, version, hasToken } = facts;
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: project, version, description: describe(facts) },
      tags: [
        { name: 'pipelines', description: 'Each pipeline, by itself' },
        { name: 'runs', description: 'Any run' },
        { name: 'project', description: 'What there is' },
      ],
      ...(hasToken
        ? { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }, security: [{ token: [] }] }
        : {}),
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', defaultModelsExpandDepth: -1, tryItOutEnabled: true },
    theme: {
      title: `${project} · kedro-temporal`,
      css: [{ filename: 'own.css', content: '.swagger-ui .topbar { display: none }' }],
    },
    staticCSP: false,
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

function describe({ project, broken }: DocumentFacts): string {
  const said = `The pipelines of ${project}, served by kedro-temporal.`;
  const names = Object.entries(broken).map(([name, why]) => `- \`${name}\`: ${why}`);
  return names.length === 0 ? said : [said, '', 'Left out, as they are broken:', ...names].join('\n');
}
