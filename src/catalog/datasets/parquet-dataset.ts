/**
 * A table in a Parquet file.
 *
 * Options: `load_args`: `columns`; `save_args`: `compression` (`snappy` by default, `gzip`, `zstd`, `brotli`, `lz4`, or
 * `none`, which Polars calls `uncompressed`), `columns`, `index: false`. `engine`, which names a Python library, is accepted
 * and ignored. Needs `@duckdb/node-api`.
 */
import { defineFileDataset } from '../file-dataset.ts';
import { names, oneOf } from '../options.ts';
import { typedTable } from '../table.ts';
import { columnsOption } from './duckdb/columns-option.ts';
import { mayPassInDuckDb, withDuckDb } from './duckdb/engine.ts';
import { readRows } from './duckdb/reading.ts';
import { fileLiteral, literal, selection } from './duckdb/sql-text.ts';
import { createSavedTable } from './duckdb/writing.ts';

const engine = oneOf('auto', 'pyarrow', 'fastparquet');

export const parquetDataset = defineFileDataset({
  type: 'pandas.ParquetDataset',
  loadArgs: { columns: names(), engine },
  saveArgs: {
    compression: oneOf('snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none', 'uncompressed'),
    columns: columnsOption,
    index: oneOf(false),
    engine,
  },
  retryable: mayPassInDuckDb,
  read: (file, { connections, dataset, args, signal }) =>
    withDuckDb(connections, dataset, signal, async (duckdb) => {
      const result = await duckdb.connection.run(
        `SELECT ${selection(args.columns)} FROM read_parquet(${fileLiteral(file)})`,
      );
      return readRows(duckdb, result);
    }),
  write: async (file, value, { connections, dataset, args, signal }) => {
    const table = typedTable(dataset, value, args.columns);
    const compression = args.compression === 'none' ? 'uncompressed' : (args.compression ?? 'snappy');
    await withDuckDb(connections, dataset, signal, async (duckdb) => {
      await createSavedTable(duckdb, table);
      await duckdb.connection.run(`COPY saved TO ${literal(file)} (FORMAT parquet, COMPRESSION ${compression})`);
    });
  },
});
