/**
 * Pipelines against Kedro's own, on random graphs. `PARITY_GRAPHS` graphs, 500 by default; `PARITY_SEED` repeats a run.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { mainPython, QUIET } from '../../kedro/pythons.ts';
import { type Answer, answer, differsOnPurpose } from './answers.ts';
import { type Case, casesArbitrary } from './cases.ts';

const python = mainPython();
const GRAPHS = Number(process.env.PARITY_GRAPHS ?? 500);
const SEED = Number(process.env.PARITY_SEED ?? Date.now() % 1_000_000_000);
const SHOWN = 3;

describe.skipIf(python === undefined)('the same as Kedro (needs a Python with kedro)', () => {
  const cases = fc.sample(casesArbitrary, { numRuns: GRAPHS, seed: SEED }).flat();
  let theirs: Answer[] = [];
  let ours: Answer[] = [];

  beforeAll(
    async () => {
      const asked = askKedro(cases);
      ours = await Promise.all(cases.map(answer));
      theirs = await asked;
    },
    60_000 + 50 * GRAPHS,
  );

  test.each(['whole', 'filter', 'sum', 'reuse', 'missing'] as const)(`%s, on random graphs (seed ${SEED})`, (what) => {
    const { same, refused, onPurpose, differences } = compare(what);
    if (process.env.PARITY_GRAPHS) console.info(what, { same, refused, onPurpose });
    const told = differences.slice(0, SHOWN).map((each) => JSON.stringify(each));
    expect(differences.length, `${differences.length} differ, such as\n${told.join('\n')}`).toBe(0);
    // Neither may be all that is compared.
    expect(same).toBeGreaterThan(GRAPHS / 3);
    expect(refused).toBeGreaterThan(0);
  });

  function compare(what: Case['what']) {
    const found = { same: 0, refused: 0, onPurpose: 0, differences: [] as unknown[] };
    for (const [i, each] of cases.entries()) {
      if (each.what !== what) continue;
      const [kedro, own] = [theirs[i] as Answer, ours[i] as Answer];
      if ('error' in kedro && 'error' in own) found.refused++;
      else if (JSON.stringify(own) === JSON.stringify(kedro)) found.same++;
      else if (differsOnPurpose(each, own, kedro)) found.onPurpose++;
      else found.differences.push({ case: each, ours: own, kedro });
    }
    return found;
  }
});

function askKedro(cases: readonly Case[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const script = path.join(import.meta.dirname, 'judge.py');
    const child = spawn(python ?? '', [script], { env: { ...process.env, ...QUIET } });
    const [out, log]: [string[], string[]] = [[], []];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
    child.on('error', reject);
    child.on('close', (code) => {
      try {
        resolve(JSON.parse(out.join('')) as Answer[]);
      } catch (cause) {
        reject(new Error(`The Python process ended with ${code}: ${log.join('').slice(-2000)}`, { cause }));
      }
    });
    child.stdin.end(JSON.stringify(cases));
  });
}
