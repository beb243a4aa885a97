/** Runs that overlap, each with a param of its own that decides where it saves: are they kept apart? */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openKedroSession } from 'kedro-temporal';
import { inform, report } from '../measure.ts';
import { type Pythons, QUIET } from './environment.ts';
import { KedroServer } from './processes.ts';

const RUNS = 1_000;
const CLIENTS = 8;

interface Outcome {
  /** Runs that were called a success. */
  readonly succeeded: number;
  /** Files of successful runs that are not there, or that hold what another run was given. */
  readonly missing: number;
  readonly mixed: number;
  readonly ms: number;
}

/** Returns false when one of our runs is mixed with another. */
export async function benchOverlap(project: string, pythons: Pythons): Promise<boolean> {
  const ours = await onSession(project, pythons);
  const kedros = await onServer(project, pythons);
  const isMet = ours.succeeded === RUNS && ours.missing === 0 && ours.mixed === 0;
  report(`kedro, ${RUNS} runs at once, our session, 2 hosts: missing, mixed`, said(ours), '0, 0', isMet);
  inform(`kedro, ${RUNS} runs of ${CLIENTS} clients, kedro server: missing, mixed`, said(kedros));
  inform('    of runs that were called a success', `${kedros.succeeded}`);
  inform(
    '    seconds, our session and kedro server',
    [ours, kedros].map(({ ms }) => (ms / 1000).toFixed(1)).join(', '),
  );
  return isMet;
}

async function onSession(project: string, { python }: Pythons): Promise<Outcome> {
  await using session = await openKedroSession({ project, python, hosts: 2, environment: QUIET, onLog: () => {} });
  return await outcome(project, 'ours', RUNS, async (tag) => {
    await session.run({ pipelines: ['tagged'], runtimeParams: { tag } });
    return true;
  });
}

async function onServer(project: string, { kedro }: Pythons): Promise<Outcome> {
  const place = { project, env: undefined, pipeline: 'tagged', variables: QUIET };
  await using server = await KedroServer.open(kedro, place, CLIENTS);
  return await outcome(project, 'kedros', CLIENTS, (tag) => server.run('tagged', { tag }));
}

async function outcome(
  project: string,
  prefix: string,
  atOnce: number,
  run: (tag: string) => Promise<boolean>,
): Promise<Outcome> {
  const tags = Array.from({ length: RUNS }, (_, i) => `${prefix}-${i}`);
  const waiting = tags.values();
  const succeeded: string[] = [];
  const lane = async () => {
    for (const tag of waiting) if (await run(tag)) succeeded.push(tag);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, lane));
  const ms = performance.now() - start;
  const found = succeeded.map((tag) => tagIn(path.join(project, 'data', tag, 'result.json')) ?? 'missing');
  for (const tag of tags) rmSync(path.join(project, 'data', tag), { recursive: true, force: true });
  return {
    succeeded: succeeded.length,
    missing: found.filter((tag) => tag === 'missing').length,
    mixed: found.filter((tag, i) => tag !== 'missing' && tag !== succeeded[i]).length,
    ms,
  };
}

function tagIn(file: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { tag: string }).tag;
  } catch {
    return undefined;
  }
}

function said({ missing, mixed }: Outcome): string {
  return `${missing}, ${mixed}`;
}
