/**
 * The result of a query over files, computed at each load. Read-only.
 *
 * Options: `sql` or `filepath` (a file with the statement): one SELECT, whose `$name` are bound to `parameters`; `tables`:
 * alias → a CSV, Parquet or JSON file, or a glob of such. Needs `@duckdb/node-api`.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isPipelineError, PipelineError } from '../../core/index.ts';
import type { CatalogTools } from '../dataset.ts';
import { defineDataset } from '../define-dataset.ts';
import { errorCode, notSavedYet } from '../failures.ts';
import { localPath } from '../file-dataset.ts';
import { anything, mapping, text } from '../options.ts';
import { mayPassInDuckDb, withDuckDb } from './duckdb/engine.ts';
import { bindParameters } from './duckdb/parameters.ts';
import { readRows } from './duckdb/reading.ts';
import { createTableView, filesOf, type QueryTable, queryTable } from './duckdb/tables.ts';
import { readUtf8 } from './utf8.ts';

interface Statement extends CatalogTools {
  dataset: string;
  sql: string | undefined;
  filepath: string | undefined;
}

export const queryDataset = defineDataset({
  type: 'duckdb.QueryDataset',
  options: { sql: text(), filepath: text(), tables: mapping(text()), parameters: mapping(anything()) },
  open(context) {
    const { dataset, options, connections, project } = context;
    const statement = { ...context, sql: options.sql, filepath: options.filepath };
    if ((options.sql === undefined) === (options.filepath === undefined)) {
      throw invalid(dataset, 'needs either "sql" or "filepath", a file with the statement.');
    }
    const tables = Object.entries(options.tables ?? {}).map(([alias, path]) =>
      queryTable(dataset, project, alias, path),
    );
    const parameters = options.parameters ?? {};

    return {
      filepath: options.filepath,
      place: tables.length === 0 ? 'its query' : tables.map(({ path }) => path).join(', '),
      retryable: mayPassInDuckDb,

      load: async (signal) => {
        const sql = await statementText(statement, signal);
        return withDuckDb(connections, dataset, signal, async (duckdb) => {
          for (const table of tables) await createTableView(duckdb, dataset, table);
          const prepared = await duckdb.connection.prepare(sql);
          try {
            if (prepared.statementType !== duckdb.library.StatementType.SELECT) {
              throw invalid(dataset, 'has a statement that is no SELECT: a query only reads.');
            }
            bindParameters(duckdb.library, prepared, dataset, parameters);
            return await readRows(duckdb.library, await prepared.run(), dataset, signal);
          } finally {
            prepared.destroySync();
          }
        });
      },

      exists: async (signal) => {
        try {
          await allFiles(statement, tables, signal);
          return true;
        } catch (error) {
          if (isPipelineError(error) && error.code === 'DATASET_NOT_SAVED_YET') return false;
          throw error;
        }
      },

      fingerprint: async (signal) => {
        const hash = createHash('sha256');
        for (const file of await allFiles(statement, tables, signal)) {
          const { mtimeNs, size, ino } = await stat(file, { bigint: true });
          hash.update(`${file}\0${mtimeNs}\0${size}\0${ino}\0`);
        }
        return hash.digest('base64url').slice(0, 22);
      },
    };
  },
});

async function statementText(
  { dataset, project, sql, filepath = '' }: Statement,
  signal?: AbortSignal,
): Promise<string> {
  if (sql !== undefined) return sql;
  try {
    return await readUtf8(localPath(dataset, project, filepath), { keepMark: false, signal });
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? notSavedYet(dataset, filepath) : error;
  }
}

/** The statement's file and every file of every table. */
async function allFiles(statement: Statement, tables: readonly QueryTable[], signal?: AbortSignal): Promise<string[]> {
  const { dataset, project, connections, filepath } = statement;
  await statementText(statement, signal);
  const own = filepath === undefined ? [] : [localPath(dataset, project, filepath)];
  if (tables.length === 0) return own;
  return withDuckDb(connections, dataset, signal, async (duckdb) => {
    const files: string[] = [...own];
    for (const table of tables) files.push(...(await filesOf(duckdb, dataset, table)));
    return files;
  });
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
