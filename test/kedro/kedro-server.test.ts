/** The same requests to the real `kedro server` and to ours: both say the same, but for what is named here. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { createKedroServer, type KedroServer } from '../../src/server/index.ts';
import { copyProject, type RunningKedroServer, startKedroServer } from './kedro-server.ts';
import { CASES, type Case } from './kedro-server-cases.ts';
import { pythonOf, QUIET } from './pythons.ts';

/** What is ours in every answer. */
const OURS_EVERYWHERE = [
  'a run id is a UUID, or the caller’s, where Kedro’s is a timestamp',
  'the message of an error names the node, the dataset and what would mend it, where Kedro’s is the exception’s own',
  'beside the type and message of an error there are its code and whether it may be tried again',
];

const python = pythonOf('1.7.0');

interface Answer {
  status: number;
  allow: string | null;
  body: unknown;
}

async function ask(
  base: string,
  { method = 'GET', url, body, text, type = 'application/json' }: Case,
): Promise<Answer> {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await fetch(base + url, {
    method,
    redirect: 'manual',
    ...(payload === undefined ? {} : { body: Buffer.from(payload) }),
    ...(payload === undefined || type === 'none' ? {} : { headers: { 'content-type': type } }),
  });
  const said = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') && said !== '';
  return { status: answer.status, allow: answer.headers.get('allow'), body: isJson ? JSON.parse(said) : said };
}

/** An answer without what is ours in every answer, and without what no two answers share. */
function plain({ status, allow, body }: Answer): Answer {
  return { status, allow, body: JSON.parse(JSON.stringify(body), withoutOurs) };
}

function withoutOurs(key: string, value: unknown): unknown {
  if (key === 'run_id' || key === 'duration_ms') return typeof value;
  // Pydantic says the same of a runner’s name in other words.
  if (key === 'msg') return String(value).replace(/^Value error, .*/, 'Value error, …');
  if (key === 'error' && typeof value === 'object' && value !== null && 'message' in value) {
    return { type: (value as { type?: string }).type };
  }
  // In the order in which a file system lists the folders, which no two runs share.
  if (key === 'pipelines' && Array.isArray(value)) return [...value].sort((a, b) => (a.name < b.name ? -1 : 1));
  return value;
}

/** An answer in a few words, for the table. */
function inShort({ status, body }: Answer): string {
  const { status: ended, error, detail } = body as { status?: string; error?: { type: string }; detail?: unknown };
  const types = Array.isArray(detail) ? detail.map(({ type }) => type).join(', ') : detail;
  const words = [status, ended, error?.type, types].filter((word) => word !== undefined);
  return words.join(' ');
}

function row(one: Case, kedro: Answer, ours: Answer): string {
  const { about, differs, method = 'GET', url } = one;
  const [theirs, mine] = [inShort(kedro), inShort(ours)];
  const cells = [about, `\`${method} ${url}\``, theirs, mine === theirs && differs === undefined ? 'the same' : mine];
  return `| ${[...cells, differs ?? ''].join(' | ')} |`;
}

describe.skipIf(python === undefined)('kedro server and ours, on one project', () => {
  let folder: string;
  let kedro: RunningKedroServer;
  let ours: KedroServer;
  let url: string;
  const release: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await copyProject();
    release.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    kedro = await startKedroServer(python ?? '', folder);
    release.push(() => kedro.stop());
    const options = { project: folder, python: python ?? '', environment: QUIET, onLog: () => {} };
    const session = await openKedroSession(options);
    release.push(() => session.close());
    ours = await createKedroServer({ session });
    release.push(() => ours.close());
    url = await ours.listen({ port: 0 });
  }, 120_000);

  afterAll(async () => {
    for (const each of release.reverse()) await each();
  });

  test.each(CASES.map((each) => [each.about, each] as const))('%s', async (_, each) => {
    const [theirs, mine] = [await ask(kedro.url, each), await ask(url, each)];
    if (each.differs === undefined) expect(plain(mine)).toEqual(plain(theirs));
    else expect(plain(mine)).not.toEqual(plain(theirs));
    const page = (await readFile(path.resolve(import.meta.dirname, '../../docs/http.md'), 'utf8')).replace(/ +/g, ' ');
    expect(page).toContain(row(each, theirs, mine).replace(/ +/g, ' '));
  });

  test('what is ours in every answer is said', async () => {
    const page = await readFile(path.resolve(import.meta.dirname, '../../docs/http.md'), 'utf8');
    for (const sentence of OURS_EVERYWHERE)
      expect(page.replace(/\s+/g, ' ').toLowerCase()).toContain(sentence.toLowerCase());
  });
});
