import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';
import { mainPython } from '../../kedro/pythons.ts';

const rows = [
  { day: '2026-01-01', n: 1, x: 0.5, wet: true, tags: ['a'] },
  { day: '2026-01-02', n: 2, x: null, wet: false, tags: [] },
];
const refused = { value: [...rows, { n: 'x' }], path: 'rows[2].n' };

datasetContract({
  name: 'pandas.JSONDataset',
  definition: { type: 'pandas.JSONDataset' },
  file: 'table.json',
  values: [rows, []],
  refused,
});

datasetContract({
  name: 'pandas.JSONDataset by lines',
  definition: {
    type: 'pandas.JSONDataset',
    load_args: { orient: 'records', lines: true },
    save_args: { orient: 'records', lines: true },
  },
  file: 'table.jsonl',
  values: [rows, []],
  refused,
});

for (const [type, file_format] of [
  ['polars.EagerPolarsDataset', 'parquet'],
  ['polars.EagerPolarsDataset', 'json'],
  ['polars.LazyPolarsDataset', 'PARQUET'],
] as const) {
  datasetContract({
    name: `${type} of ${file_format}`,
    definition: { type, file_format },
    file: 'table.data',
    values: [rows, []],
    refused,
  });
}

datasetContract({
  name: 'polars.EagerPolarsDataset of csv',
  definition: { type: 'polars.EagerPolarsDataset', file_format: 'csv' },
  file: 'table.csv',
  values: [[{ n: 1, t: 'x' }], []],
  refused,
});

describe('pandas.JSONDataset', () => {
  const bench = withProject();
  const open = (save_args = {}, load_args = {}) =>
    bench.open({ type: 'pandas.JSONDataset', filepath: 't.json', save_args, load_args });

  it('keeps the order of the rows where their numbers are texts', async () => {
    const many = Array.from({ length: 120 }, (_, n) => ({ n }));
    await open().save(many);
    expect(await open().load()).toEqual(many);
  });

  it('gives each row every column', async () => {
    await writeFile(join(bench.project, 't.json'), '[{"a": 1}, {"b": 2}]');
    expect(await open().load()).toEqual([
      { a: 1, b: null },
      { a: null, b: 2 },
    ]);
  });

  it.each(['[1]', '{"a": 1}', '"x"', '{"a": {', '[{}, []]'])('says DATASET_LOAD_FAILED for %s', async (text) => {
    await writeFile(join(bench.project, 't.json'), text);
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
  });

  it('names the line that is no JSON, and refuses lines of columns', async () => {
    await writeFile(join(bench.project, 't.json'), '{"a": 1}\n{"a": \n');
    await expect(open({}, { lines: true }).load()).rejects.toThrow('line 2');
    await expect(open({ lines: true }).save(rows)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  const python = mainPython();
  it.skipIf(python === undefined)('reads what pandas writes, and is read by it (needs Python)', async () => {
    const table = rows.map(({ tags: _, ...row }) => row);
    for (const save_args of [{}, { orient: 'records' }, { orient: 'records', lines: true }]) {
      await open(save_args).save(table);
      const lines = 'lines' in save_args;
      const script = `import json, sys, pandas as pd
df = pd.read_json(sys.argv[1], lines=sys.argv[3] == 'true', convert_dates=False)
df.to_json(sys.argv[2], **json.loads(sys.argv[4]))
print(df.to_json(orient='records'))`;
      const [file, again] = [join(bench.project, 't.json'), join(bench.project, 'again.json')];
      const seen = execFileSync(python ?? '', [
        '-W',
        'ignore',
        '-c',
        script,
        file,
        again,
        String(lines),
        JSON.stringify(save_args),
      ]);
      expect(JSON.parse(seen.toString())).toEqual(table);
      await writeFile(file, await readFile(again));
      expect(await open({}, { lines }).load()).toEqual(table);
    }
  });
});

describe('polars.EagerPolarsDataset', () => {
  const bench = withProject();

  it.each([undefined, null, 'ipc', 3])('needs a file_format that it knows, not %j', (file_format) => {
    const definition = {
      type: 'polars.EagerPolarsDataset',
      filepath: 'a',
      ...(file_format === undefined ? {} : { file_format }),
    };
    expect(() => bench.open(definition)).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining('parquet, csv or json') }),
    );
  });
});
