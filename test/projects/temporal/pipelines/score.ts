/** A point of a sweep: a score that is best at x = 3, and what may go wrong on the way to it. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { node, pipeline, runContext } from 'kedro-temporal';
import { note } from '../journal.ts';

interface Trouble {
  /** Values of x whose points fail for good, until the file "mended" is there. */
  bad?: number[];
  /** Values of x whose points fail once, by something that may pass. */
  flaky?: number[];
  /** Values of x whose points take a minute. */
  slow?: number[];
  /** Values of x whose points have no number. */
  odd?: number[];
  /** Milliseconds that each point takes. */
  work?: number;
}

async function score(folder: string, x: number, { bad = [], flaky = [], slow = [], odd = [], work = 0 }: Trouble) {
  note(folder, 'score', String(x));
  const signal = runContext()?.signal;
  await delay(slow.includes(x) ? 60_000 : work, undefined, signal === undefined ? {} : { signal });
  const tried = path.join(folder, `tried-${x}`);
  if (flaky.includes(x) && !existsSync(tried)) {
    writeFileSync(tried, '');
    throw new Error(`${x} stumbles`);
  }
  if (bad.includes(x) && !existsSync(path.join(folder, 'mended')))
    throw Object.assign(new Error(`${x} is bad`), { nonRetryable: true });
  return odd.includes(x) ? { value: 'none' } : { value: -((x - 3) ** 2), x };
}

export default pipeline([
  node(score, { inputs: ['params:folder', 'params:x', 'params:trouble'], outputs: 'score', name: 'score' }),
]);
