/** Kedro as judge: the same requests in the same project, with Kedro's own session and with ours. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JsonValue, RunReport, RunRequest } from '../../src/core/index.ts';
import type { KedroSessionOptions } from '../../src/kedro/index.ts';
import { inProject } from './projects.ts';
import { QUIET } from './pythons.ts';

const JUDGE = path.join(import.meta.dirname, 'judge.py');

/** One run. `stamp`: what the project's `stamp.txt` says by then. */
export interface Step {
  readonly stamp?: string;
  readonly request?: RunRequest;
}

/** What came of it: the free outputs, and the files below `data/`. */
export interface Outcome {
  readonly outputs?: Record<string, JsonValue>;
  readonly error?: string;
  readonly files: Record<string, string>;
}

/** Both ways, on one copy of the project, one after the other. */
export async function judged(
  project: string,
  options: Pick<KedroSessionOptions, 'env' | 'environment' | 'confSource'> & { python: string },
  steps: readonly Step[],
): Promise<{ kedro: Outcome[]; ours: Outcome[] }> {
  let kedro: Outcome[] = [];
  const ours: Outcome[] = [];
  await inProject(project, options, async ({ folder, session }) => {
    for (const step of steps) {
      await writeFile(path.join(folder, 'stamp.txt'), step.stamp ?? 'first');
      const outcome = await session.run(step.request ?? {}).then(whatCame, (error) => ({ error: String(error) }));
      ours.push({ ...outcome, files: await takeFiles(folder) });
    }
    kedro = await kedros(folder, options, steps);
  });
  return { kedro, ours };
}

function whatCame({ outputs, references }: RunReport): Omit<Outcome, 'files'> {
  const stored = Object.keys(references).map((name) => [name, { stored: name }] as const);
  return { outputs: { ...outputs, ...Object.fromEntries(stored) } };
}

async function takeFiles(folder: string): Promise<Record<string, string>> {
  const data = path.join(folder, 'data');
  const found = await readdir(data, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of found.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(data, file)] = await readFile(file, 'utf8');
  }
  await rm(data, { recursive: true, force: true });
  return files;
}

async function kedros(
  folder: string,
  { python, environment, env, confSource }: Parameters<typeof judged>[1],
  steps: readonly Step[],
): Promise<Outcome[]> {
  const place = await mkdtemp(path.join(tmpdir(), 'judge-'));
  try {
    const answer = path.join(place, 'answer.json');
    const spec = { env, confSource: confSource && path.resolve(folder, confSource), steps };
    const { stderr } = spawnSync(python, [JUDGE, JSON.stringify(spec), answer], {
      cwd: folder,
      env: { ...process.env, ...QUIET, ...environment },
      encoding: 'utf8',
    });
    const text = await readFile(answer, 'utf8').catch(() => {
      throw new Error(`Kedro gave no answer: ${stderr}`);
    });
    return JSON.parse(text);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
