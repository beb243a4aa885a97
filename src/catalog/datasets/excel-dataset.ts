/**
 * Tables in an Excel file, `.xlsx`. Needs `read-excel-file` for loading and `write-excel-file` for saving.
 *
 * Options: `load_args`: `sheet_name` (a name or a number from 0, the default; a list, or null for all, makes the value a
 * mapping of sheets to tables), `usecols` (names), `skiprows`, `nrows`, `dtype`; `save_args`: `sheet_name` (default `Sheet1`),
 * `columns`, `index: false`. `engine` names a Python library; it is accepted and ignored.
 */
import { isPlainObject, PipelineError } from '../../core/index.ts';
import type { DatasetDefinition, DatasetType } from '../dataset.ts';
import { invalidValue } from '../failures.ts';
import { defineFileDataset } from '../file-dataset.ts';
import { importLibrary } from '../import-library.ts';
import { either, integer, mapping, names, type OptionRule, oneOf, text } from '../options.ts';
import { typedTable } from '../table.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { type CellType, type ExcelCell, sheetOfTable, tableOfSheet } from './excel-sheet.ts';

// A null option is one that is not given; for pandas, `sheet_name: null` is every sheet. No sheet can be called this.
const ALL = '*';

const TYPES: Record<string, CellType> = {
  ...{ str: 'text', string: 'text', object: 'text', int: 'whole', int64: 'whole', Int64: 'whole' },
  ...{ float: 'number', float64: 'number', Float64: 'number', bool: 'boolean', boolean: 'boolean' },
};

const dtype = oneOf(...Object.keys(TYPES));
const engine = oneOf('openpyxl', 'calamine', 'xlsxwriter', 'auto');

const format = defineFileDataset({
  type: 'pandas.ExcelDataset',
  loadArgs: {
    sheet_name: either(sheet(), sheets()),
    usecols: names(),
    skiprows: integer(0, 1_048_575),
    nrows: integer(0, 1_048_575),
    dtype: either(dtype, mapping(dtype)),
    engine,
  },
  saveArgs: { sheet_name: text(), columns: columnsOption, index: oneOf(false), engine },
  retryable: (error) => !(error instanceof Error && /^Invalid/.test(error.name)),

  async read(file, { dataset, args, signal }) {
    const { default: readSheets } = await importLibrary(
      dataset,
      'read-excel-file',
      () => import('read-excel-file/node'),
    );
    const found = await readSheets(file, { trim: false });
    signal?.throwIfAborted();
    const types = typeof args.dtype === 'string' ? { '*': args.dtype } : (args.dtype ?? {});
    const reading = {
      dataset,
      skip: args.skiprows ?? 0,
      most: args.nrows,
      columns: args.usecols,
      types: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, TYPES[type] ?? 'text'])),
    };
    const table = (wanted: string | number) => {
      const sheet = typeof wanted === 'number' ? found[wanted] : found.find((one) => one.sheet === wanted);
      if (sheet === undefined)
        throw noSheet(
          dataset,
          wanted,
          found.map((one) => one.sheet),
        );
      return tableOfSheet(sheet.data as unknown as ExcelCell[][], { ...reading, sheet: sheet.sheet });
    };
    const wanted = args.sheet_name ?? 0;
    const several = wanted === ALL ? found.map((one) => one.sheet) : wanted;
    return Array.isArray(several) ? Object.fromEntries(several.map((name) => [name, table(name)])) : table(several);
  },

  async write(file, value, { dataset, args, signal }) {
    const given = Array.isArray(value) ? { [args.sheet_name ?? 'Sheet1']: value } : value;
    if (!isPlainObject(given)) throw invalidValue(dataset, '', 'it must be a table, or a mapping of sheets to tables.');
    refuseSheetNames(dataset, Object.keys(given));
    const sheets = Object.entries(given).map(([name, table]) => {
      const rows = typedTable(dataset, table, args.columns);
      return { sheet: name, data: sheetOfTable(dataset, rows) };
    });
    const { default: writeSheets } = await importLibrary(
      dataset,
      'write-excel-file',
      () => import('write-excel-file/node'),
    );
    signal?.throwIfAborted();
    await writeSheets(sheets).toFile(file);
  },
});

/** The type: {@link format}, where `load_args.sheet_name: null` means something. */
export const excelDataset: DatasetType = Object.freeze({
  name: format.name,
  open(name: string, definition: DatasetDefinition, tools: Parameters<DatasetType['open']>[2]) {
    const { load_args: args } = definition;
    const wantsAll = isPlainObject(args) && args.sheet_name === null;
    return format.open(name, wantsAll ? { ...definition, load_args: { ...args, sheet_name: ALL } } : definition, tools);
  },
});

function sheet(): OptionRule<string | number> {
  const [name, index] = [text(), integer(0, 1_000)];
  return { expects: 'a sheet’s name or number', read: (value) => name.read(value) ?? index.read(value) };
}

function sheets(): OptionRule<(string | number)[]> {
  const one = sheet();
  return {
    expects: 'a list of these',
    read(value) {
      const read = Array.isArray(value) ? value.map((item) => one.read(item)) : [undefined];
      return read.every((item) => item !== undefined) ? read : undefined;
    },
  };
}

function refuseSheetNames(dataset: string, given: readonly string[]): void {
  if (given.length === 0) throw invalidValue(dataset, '', 'an Excel file needs a sheet at least.');
  const folded = given.map((name) => name.toLowerCase());
  for (const [at, name] of given.entries()) {
    const isFine =
      name !== '' && name.length <= 31 && !/[\\/?*[\]:]|^'|'$/.test(name) && folded.indexOf(name.toLowerCase()) === at;
    if (!isFine) {
      throw invalidValue(
        dataset,
        `["${name}"]`,
        'a sheet’s name has 1 to 31 characters, none of \\ / ? * [ ] :, and is there once.',
      );
    }
  }
}

function noSheet(dataset: string, wanted: string | number, known: readonly string[]): PipelineError {
  const message = `The dataset "${dataset}" could not be loaded: its file has no sheet ${JSON.stringify(wanted)}, only ${known.map((name) => `"${name}"`).join(', ')}.`;
  return new PipelineError('DATASET_LOAD_FAILED', message, {
    details: { dataset, sheet: String(wanted) },
    retryable: false,
  });
}
