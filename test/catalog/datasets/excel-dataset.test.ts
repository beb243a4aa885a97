import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetContract, withProject } from '../../contract/dataset.ts';
import { pythonOf, SCIENCE } from '../../kedro/pythons.ts';

const rows = [
  { day: '2026-01-01', n: 1, x: 0.1, wet: true, note: 'a & <b> "c"' },
  { day: '2026-01-02', n: 2 ** 53 - 1, x: null, wet: false, note: '007' },
];

datasetContract({
  name: 'pandas.ExcelDataset',
  definition: { type: 'pandas.ExcelDataset' },
  file: 'data/table.xlsx',
  values: [rows, []],
  refused: { value: [...rows, { n: 'x' }], path: 'rows[2].n' },
});

datasetContract({
  name: 'pandas.ExcelDataset of all sheets',
  definition: { type: 'pandas.ExcelDataset', load_args: { sheet_name: null } },
  file: 'data/sheets.xlsx',
  values: [{ Days: rows, Empty: [] }, { 'One more': [{ a: 1 }] }],
  refused: { value: { Days: rows, 'a/b': [] }, path: '["a/b"]' },
});

describe('pandas.ExcelDataset', () => {
  const bench = withProject();
  const open = (load_args = {}, save_args = {}) =>
    bench.open({ type: 'pandas.ExcelDataset', filepath: 't.xlsx', load_args, save_args });

  it('takes a sheet by name or number, and several into a mapping', async () => {
    await open().save({ A: [{ a: 1 }], B: [{ b: 2 }] });
    expect(await open().load()).toEqual([{ a: 1 }]);
    expect(await open({ sheet_name: 'B' }).load()).toEqual([{ b: 2 }]);
    expect(await open({ sheet_name: 1 }).load()).toEqual([{ b: 2 }]);
    expect(await open({ sheet_name: ['B', 0] }).load()).toEqual({ B: [{ b: 2 }], 0: [{ a: 1 }] });
    await expect(open({ sheet_name: 'C' }).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining('"A", "B"'),
    });
  });

  it('names its sheet, and chooses and orders columns', async () => {
    await open({}, { sheet_name: 'Days', columns: ['b', 'a'], index: false }).save([{ a: 1, b: 'x', c: true }]);
    const loaded = (await open({ sheet_name: null }).load()) as Record<string, object[]>;
    expect(Object.keys(loaded)).toEqual(['Days']);
    expect(loaded.Days).toEqual([{ a: 1, b: 'x' }]);
    expect(Object.keys(loaded.Days?.[0] ?? {})).toEqual(['b', 'a']);
  });

  it('reads some columns, rows and types', async () => {
    await open().save([
      { id: '01', n: 1, t: '5', flag: 1 },
      { id: '02', n: 2, t: null, flag: 0 },
      { id: '03', n: 3, t: '7', flag: 1 },
    ]);
    const dtype = { n: 'str', t: 'int64', flag: 'bool' };
    expect(await open({ usecols: ['n', 't', 'flag'], nrows: 2, dtype }).load()).toEqual([
      { n: '1', t: 5, flag: true },
      { n: '2', t: null, flag: false },
    ]);
    expect(await open({ skiprows: 1 }).load()).toEqual([
      { '01': '02', '1': 2, '5': null, '1.1': 0 },
      { '01': '03', '1': 3, '5': '7', '1.1': 1 },
    ]);
    expect(await open({ usecols: ['id'], dtype: 'str' }).load()).toEqual([{ id: '01' }, { id: '02' }, { id: '03' }]);
  });

  it.each([
    [{ usecols: ['no'] }, 'no column "no"'],
    [{ dtype: { no: 'str' } }, 'no column "no"'],
    [{ dtype: { t: 'int64' } }, 'row 2'],
    [{ dtype: { t: 'bool' } }, '"t"'],
  ])('says which column %j does not fit', async (args, part) => {
    await open().save([{ t: '1' }, { t: 'x' }]);
    await expect(open(args).load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining(part),
    });
  });

  it.each([
    ['a list', [{ a: [1] }], 'column "a"'],
    ['a control character', [{ a: 'x' }, { a: 'a\x01' }], 'rows[1].a'],
    ['what Excel takes for a character', [{ a: '_x0041_' }], 'rows[0].a'],
    ['a text that is too long', [{ a: 'x'.repeat(32_768) }], 'rows[0].a'],
    ['no sheet', {}, ''],
    ['a sheet’s name twice', { a: [], A: [] }, '["A"]'],
    ['a name that is too long', { ['x'.repeat(32)]: [] }, `["${'x'.repeat(32)}"]`],
    ['a text', 'x', ''],
  ])('refuses %s', async (_, value, path) => {
    await expect(open().save(value)).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      details: { dataset: 'subject', path },
    });
  });

  it('keeps blanks, line breaks, emoji and formulas that are texts', async () => {
    const table = [' lead', 'trail ', 'a\nb', '=1+1', '👍', '0012', '1e5', 'TRUE', "'x"].map((t) => ({ t }));
    await open().save(table);
    expect(await open({ dtype: { t: 'str' } }).load()).toEqual(table);
  });

  it('keeps 20,000 rows in order', async () => {
    const table = Array.from({ length: 20_000 }, (_, i) => ({ i, half: i / 2, text: `t${i % 7}`, even: i % 2 === 0 }));
    await open().save(table);
    expect(await open().load()).toEqual(table);
  }, 60_000);

  it('says DATASET_LOAD_FAILED, not to be tried again, for a file that is no xlsx', async () => {
    await writeFile(join(bench.project, 't.xlsx'), 'id;name\n1;a\n');
    await expect(open().load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: false });
  });

  const python = pythonOf(SCIENCE);
  const pandas = (script: string, ...args: string[]): unknown =>
    JSON.parse(
      execFileSync(
        python ?? '',
        ['-c', `import json, sys, datetime as d, openpyxl, pandas as pd\n${script}`, ...args],
        {
          maxBuffer: 2 ** 28,
        },
      ).toString(),
    );

  it.skipIf(python === undefined)('reads dates, times, errors and headers as pandas does (needs Python)', async () => {
    const seen = pandas(
      `
wb = openpyxl.Workbook(); ws = wb.active
ws.append(['day', 'at', 'time', 'text', 'flag', 'formula', 'a', None, 'a', 5])
ws.append([d.date(2026, 1, 31), d.datetime(2026, 1, 31, 10, 30, 15, 500000), d.time(10, 30), ' x ', True, '=1+1', 1, 2, 3, 4])
ws.append([None] * 10)
ws.append([d.date(1900, 3, 1), d.datetime(2026, 2, 1), None, '001', False, '#N/A', None, None, None, None])
wb.save(sys.argv[1])
print(json.dumps([str(name) for name in pd.read_excel(sys.argv[1]).columns]))`,
      join(bench.project, 't.xlsx'),
    );
    const loaded = (await open().load()) as object[];
    expect(Object.keys(loaded[0] ?? {}).sort()).toEqual([...(seen as string[])].sort());
    expect(loaded).toEqual([
      {
        ...{ day: '2026-01-31', at: '2026-01-31T10:30:15.500Z', time: '10:30:00', text: ' x ', flag: true },
        ...{ formula: null, a: 1, 'Unnamed: 7': 2, 'a.1': 3, 5: 4 },
      },
      Object.fromEntries((seen as string[]).map((name) => [name, null])),
      {
        ...{ day: '1900-03-01', at: '2026-02-01T00:00:00.000Z', time: null, text: '001', flag: false },
        ...{ formula: null, a: null, 'Unnamed: 7': null, 'a.1': null, 5: null },
      },
    ]);
  });

  it.skipIf(python === undefined)('is read by pandas as it was saved (needs Python)', async () => {
    const table = [...rows, { day: null, n: 3, x: -1e-9, wet: true, note: ' é👍\n' }];
    await open().save({ Days: table, Other: [{ a: 1 }] });
    const script = `print(json.dumps({name: json.loads(table.to_json(orient='records', double_precision=15)) for name, table in pd.read_excel(sys.argv[1], sheet_name=None, keep_default_na=False, na_values=['']).items()}))`;
    expect(pandas(script, join(bench.project, 't.xlsx'))).toEqual({ Days: table, Other: [{ a: 1 }] });
  });

  it.skipIf(python === undefined)(
    'reads 15,531 shuttles as pandas does (needs Python)',
    async () => {
      const filepath = resolve(import.meta.dirname, '../../../examples/shuttle-prices/data/01_raw/shuttles.xlsx');
      const loaded = await bench.open({ type: 'pandas.ExcelDataset', filepath }).load();
      expect(loaded).toHaveLength(15_531);
      const script = `print(pd.read_excel(sys.argv[1]).to_json(orient='records', double_precision=15))`;
      expect(loaded).toEqual(pandas(script, filepath));
    },
    60_000,
  );
});
