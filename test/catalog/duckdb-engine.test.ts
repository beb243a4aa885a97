import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withProject } from '../contract/dataset.ts';

describe('the DuckDB engine of a session', () => {
  const bench = withProject();

  it('closes while statements run: each of them ends, and what comes later is refused', async () => {
    await writeFile(join(bench.project, 'a.csv'), 'n\n1\n');
    const dataset = bench.open({ type: 'pandas.CSVDataset', filepath: 'a.csv' });
    await dataset.load();
    const loads = Array.from({ length: 8 }, () => dataset.load());
    await new Promise((resolve) => setTimeout(resolve, 2));
    await bench.connections.close();
    for (const load of await Promise.allSettled(loads)) {
      if (load.status === 'fulfilled') expect(load.value).toEqual([{ n: 1 }]);
      else expect(['SESSION_CLOSED', 'DATASET_LOAD_FAILED']).toContain(load.reason.code);
    }
    await expect(dataset.load()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('reads times without a zone as UTC, and leaves nothing in the folder for temporary files', async () => {
    const query = bench.open({ type: 'duckdb.QueryDataset', sql: "SELECT current_setting('TimeZone') AS zone" });
    expect(await query.load()).toEqual([{ zone: 'UTC' }]);
    await bench.connections.close();
    const left = await readdir(tmpdir());
    expect(left.filter((name) => name.startsWith(`kedro-temporal-duckdb-${process.pid}-`))).toEqual([]);
  });
});
