/** One way into each error of an HTTP endpoint. */
import { PipelineError } from '../../src/core/index.ts';
import { createKedroServer, type KedroServerOptions } from '../../src/server/index.ts';
import { pipelineFile, withSession } from '../projects/tiny.ts';

interface Asked {
  method?: 'GET' | 'POST' | 'DELETE';
  url: string;
  payload?: object;
}

const FILES = {
  'pipelines/quick.ts': pipelineFile(`node(() => 1, { outputs: 'one', name: 'one' })`),
  'pipelines/slow.ts': pipelineFile(
    `node(() => new Promise((resolve) => setTimeout(resolve, 200)), { outputs: 'late', name: 'wait' })`,
  ),
};

/** Asks an endpoint of a small project, one question after the other; throws what the last is answered with. */
function asking(options: Partial<KedroServerOptions>, ...questions: Asked[]): Promise<unknown> {
  return withSession(FILES, async (session) => {
    await using server = await createKedroServer({ session, ...options });
    const answers = await Promise.all(
      questions.map(async ({ method = 'POST', url, payload }) =>
        (await server.app.inject({ method, url, ...(payload && { payload }) })).json(),
      ),
    );
    const { error } = answers.at(-1);
    throw new PipelineError(error.code, error.message, { details: error.details });
  });
}

const SLOW = { url: '/run', payload: { pipelines: ['slow'] } };

export const endpointErrors = {
  OVERLOADED: () => asking({ limits: { concurrency: 1, queue: 0 } }, SLOW, SLOW),
  NOT_AUTHENTICATED: () => asking({ access: { token: 'secret' } }, { method: 'GET', url: '/snapshot' }),
  NOT_ALLOWED: () => asking({ access: { allow: { pipelines: ['quick'] } } }, SLOW),
  RUN_ENDED: () =>
    withSession(FILES, async (session) => {
      await using server = await createKedroServer({ session });
      await server.app.inject({ method: 'POST', url: '/pipelines/quick/run', payload: { run_id: 'one' } });
      const { error } = (await server.app.inject({ method: 'DELETE', url: '/runs/one' })).json();
      throw new PipelineError(error.code, error.message);
    }),
};
