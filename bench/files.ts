/**
 * What a session adds to a run over files: nine nodes that read and write ten JSON files whose folder is a runtime param,
 * against the same reads and writes by hand, in the same process. By hand a file is written as carefully (beside its place,
 * flushed, renamed); without that care it is told as well.
 */
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openNativeSession } from 'kedro-temporal';
import { type Rows, scaled } from './files/steps.ts';
import { Race, timed } from './kedro/rounds.ts';
import { inform, report } from './measure.ts';

const ROWS: Rows = Array.from({ length: 200 }, (_, id) => ({ id, name: `row ${id}`, value: id % 97 }));
const SCALE = { by: 2, add: 1 };

/** Returns false when an aim is missed. */
export async function benchFiles(): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-bench-files-'));
  try {
    await using session = await openNativeSession({
      project: path.join(import.meta.dirname, 'files'),
      allowUnsafeParams: ['folder'],
    });
    for (const name of ['session', 'hand', 'careless']) {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, 'step_0.json'), JSON.stringify(ROWS));
    }
    const request = { pipelines: ['chain'], runtimeParams: { folder, day: 'session', scale: SCALE } };
    const race = await Race.of(
      [
        { name: 'session', times: 30, run: (times) => timed(times, () => session.run(request)) },
        {
          name: 'hand',
          times: 30,
          run: (times) => timed(times, () => byHand(path.join(folder, 'hand'), writeDurably)),
        },
        {
          name: 'careless',
          times: 30,
          run: (times) => timed(times, () => byHand(path.join(folder, 'careless'), writeFile)),
        },
      ],
      9,
    );
    const ratio = race.ratio('session', 'hand');
    report('files: a run over 10 files, against the same by hand', `${ratio.toFixed(2)} times`, '<= 1.1', ratio <= 1.1);
    inform(
      'files: the same, where a hand neither flushes nor renames',
      `${race.ratio('session', 'careless').toFixed(2)} times`,
    );
    inform('files: above the hand', `${((race.ms('session') - race.ms('hand')) * 1000).toFixed(0)} µs`);
    return ratio <= 1.1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function byHand(folder: string, write: (file: string, text: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < 9; i++) {
    const rows = JSON.parse(await readFile(path.join(folder, `step_${i}.json`), 'utf8')) as Rows;
    await write(path.join(folder, `step_${i + 1}.json`), `${JSON.stringify(scaled(rows, SCALE))}\n`);
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
