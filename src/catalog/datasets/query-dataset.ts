/**
 * The result of a query over files, computed at each load. Read-only.
 *
 * Options: `sql` or `filepath` (a file with the statement): one SELECT, whose `$name` are bound to `parameters`; `tables`:
 * alias → a CSV, Parquet or JSON file, or a glob of such; `database`: a database file of DuckDB, whose tables the statement
 * sees. Needs `@duckdb/node-api`.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isPipelineError, PipelineError } from '../../core/index.ts';
import { defineDataset } from '../define-dataset.ts';
import { errorCode, notSavedYet } from '../failures.ts';
import { localPath } from '../file-place.ts';
import { anything, mapping, text } from '../options.ts';
import { databaseFile, databaseState, hasDatabase, withDatabase } from './duckdb/database.ts';
import { type DuckDb, mayPassInDuckDb, withDuckDb } from './duckdb/engine.ts';
import { bindParameters } from './duckdb/parameters.ts';
import { readRows } from './duckdb/reading.ts';
import { createTableView, filesOf, queryTable } from './duckdb/tables.ts';
import { readUtf8 } from './utf8.ts';

interface Statement {
  sql: string | undefined;
  /** As configured, and absolute, when the text is in a file. */
  filepath: string | undefined;
  file: string | undefined;
}

export const queryDataset = defineDataset({
  type: 'duckdb.QueryDataset',
  options: {
    sql: text(),
    filepath: text(),
    database: text(),
    tables: mapping(text()),
    parameters: mapping(anything()),
  },
  open({ dataset, options, ...tools }) {
    const { connections, project } = tools;
    const { sql, filepath } = options;
    if ((sql === undefined) === (filepath === undefined)) {
      throw invalid(dataset, 'needs either "sql" or "filepath", a file with the statement.');
    }
    const file = filepath === undefined ? undefined : localPath(dataset, project, filepath);
    const statement: Statement = { sql, filepath, file };
    const tables = Object.entries(options.tables ?? {}).map(([alias, path]) =>
      queryTable(dataset, project, alias, path),
    );
    const parameters = options.parameters ?? {};
    const database = options.database === undefined ? undefined : databaseFile(dataset, tools, options.database);
    const places = [...(database === undefined ? [] : [database.path]), ...tables.map(({ path }) => path)];
    const inDuckDb = async <T>(signal: AbortSignal | undefined, work: (duckdb: DuckDb) => Promise<T>): Promise<T> => {
      if (database === undefined) return withDuckDb(connections, dataset, signal, work);
      if (!(await hasDatabase(database))) throw notSavedYet(dataset, database.path);
      return withDatabase(connections, dataset, database, signal, work);
    };
    /** The statement's file and every file of every table. */
    const allFiles = async (signal: AbortSignal | undefined): Promise<string[]> => {
      await statementText(dataset, statement, signal);
      const files = file === undefined ? [] : [file];
      if (database !== undefined && !(await hasDatabase(database))) throw notSavedYet(dataset, database.path);
      if (tables.length === 0) return files;
      return withDuckDb(connections, dataset, signal, async (duckdb) => {
        for (const table of tables) files.push(...(await filesOf(duckdb, table)));
        return files;
      });
    };

    return {
      filepath,
      place: places.length === 0 ? 'its query' : places.join(', '),
      retryable: mayPassInDuckDb,

      load: async (signal) => {
        const text = await statementText(dataset, statement, signal);
        return inDuckDb(signal, async (duckdb) => {
          for (const table of tables) await createTableView(duckdb, table);
          const prepared = await duckdb.connection.prepare(text);
          try {
            if (prepared.statementType !== duckdb.library.StatementType.SELECT) {
              throw invalid(dataset, 'has a statement that is no SELECT: a query only reads.');
            }
            bindParameters(duckdb, prepared, parameters);
            return await readRows(duckdb, await prepared.run());
          } finally {
            prepared.destroySync();
          }
        });
      },

      exists: async (signal) => {
        try {
          await allFiles(signal);
          return true;
        } catch (error) {
          if (isPipelineError(error) && error.code === 'DATASET_NOT_SAVED_YET') return false;
          throw error;
        }
      },

      fingerprint: async (signal) => {
        const hash = createHash('sha256');
        if (database !== undefined) hash.update(await databaseState(database));
        for (const file of await allFiles(signal)) {
          const { mtimeNs, size, ino } = await stat(file, { bigint: true });
          hash.update(`${file}\0${mtimeNs}\0${size}\0${ino}\0`);
        }
        return hash.digest('base64url').slice(0, 22);
      },
    };
  },
});

async function statementText(dataset: string, { sql, filepath = '', file = '' }: Statement, signal?: AbortSignal) {
  if (sql !== undefined) return sql;
  try {
    return await readUtf8(file, { keepMark: false, signal });
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? notSavedYet(dataset, filepath) : error;
  }
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
