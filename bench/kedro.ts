/**
 * The Kedro engine: what a run costs beside Kedro's own ways and kedro-boot, whether thousands of runs leave anything behind,
 * what a large table costs, and whether overlapping runs stay apart. Needs python3 and, the first time, pip; the projects of
 * `../shared/projects` are copied, never touched.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyShared, copyTables, findPythons, KEDRO, prepareSpaceflights } from './kedro/environment.ts';
import { benchLongRuns } from './kedro/long-run.ts';
import { benchOverlap } from './kedro/overlap.ts';
import { benchNoopRuns, benchSpaceflightsRuns } from './kedro/per-run.ts';
import { benchTables } from './kedro/tables.ts';

/** Returns false when an aim is missed. */
export async function benchKedro(): Promise<boolean> {
  const pythons = findPythons();
  if (typeof pythons === 'string') {
    console.log(`kedro: skipped, all of it: ${pythons}`);
    return true;
  }
  // Kedro would take them from here into each contender.
  for (const name of ['KEDRO_LOGGING_CONFIG', 'KEDRO_ENV', 'PYTHONPATH']) delete process.env[name];
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-bench-'));
  try {
    console.log(`kedro: ${KEDRO}, kedro-boot 0.3.0, one thread for each Python, logging at WARNING unless said`);
    let isMet = true;
    const noop = copyShared('noop', folder);
    const spaceflights = copyShared('spaceflights', folder);
    if (typeof noop === 'string') {
      console.log(`kedro: noop skipped, with runs in thousands and overlapping runs: ${noop}`);
    } else {
      isMet = (await benchNoopRuns(noop.project, pythons)) && isMet;
    }
    if (typeof spaceflights === 'string') {
      console.log(`kedro: spaceflights skipped: ${spaceflights}`);
    } else {
      prepareSpaceflights(spaceflights.project, pythons.kedro);
      isMet = (await benchSpaceflightsRuns(spaceflights.project, pythons)) && isMet;
    }
    if (typeof noop !== 'string') {
      isMet = (await benchLongRuns(noop.project, pythons)) && isMet;
      isMet = (await benchOverlap(noop.project, pythons)) && isMet;
    }
    await benchTables(copyTables(folder), pythons);
    return isMet;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
