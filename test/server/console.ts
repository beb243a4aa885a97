/** An application with the console alone, on a stack of Temporal, for one test. */
import fastify, { type FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { addConsole, type Console } from '../../src/server/console/console.ts';
import type { ConsoleDeps } from '../../src/server/console/deps.ts';
import { addFailures } from '../../src/server/failures.ts';
import type { Stack } from '../temporal/stack.ts';

export interface OpenConsole extends Console {
  readonly app: FastifyInstance;
  /** Errors that nobody meant. */
  readonly unmeant: unknown[];
  get<T>(url: string): Promise<T>;
  /** The status, and the code of its error. */
  refused(url: string, body?: object): Promise<{ status: number; code: string; message: string }>;
  post<T>(url: string, body?: object): Promise<T>;
}

/** `stack`: undefined for an endpoint without Temporal. */
export function openConsole(stack: Stack | undefined, more: Partial<ConsoleDeps> = {}): OpenConsole {
  const app = fastify({ routerOptions: { maxParamLength: 1024 } });
  const unmeant: unknown[] = [];
  addFailures(app, (error) => unmeant.push(error));
  const temporal = stack && { client: stack.client, taskQueue: stack.taskQueue };
  const own = addConsole(app, { version: '1', ...(temporal === undefined ? {} : { temporal }), ...more });
  onTestFinished(() => app.close());
  const ask = (method: 'GET' | 'POST', url: string, body?: object) =>
    app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) });
  const done = async <T>(method: 'GET' | 'POST', url: string, body?: object): Promise<T> => {
    const answer = await ask(method, url, body);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body} ${String(unmeant.at(-1))}`);
    return answer.json<T>();
  };
  return {
    ...own,
    app,
    unmeant,
    get: (url) => done('GET', url),
    post: (url, body) => done('POST', url, body),
    async refused(url, body) {
      const isControl = /\/(pause|resume|cancel|concurrency|skip|retry)$/.test(url);
      const answer = await ask(isControl ? 'POST' : 'GET', url, body);
      const { error } = answer.json<{ error?: { code: string; message: string } }>();
      return { status: answer.statusCode, code: error?.code ?? '', message: error?.message ?? '' };
    },
  };
}

/** A path with ids as one segment each. */
export function at(parts: TemplateStringsArray, ...ids: string[]): string {
  return String.raw({ raw: parts }, ...ids.map(encodeURIComponent));
}
