/**
 * The result of a query on a PostgreSQL database, computed at each load in a transaction that only reads. Needs `pg`.
 *
 * Options: `sql` or `filepath` (a file with the statement); `credentials.con`: `postgresql://…`; `load_args.params`: a mapping
 * bound to `%(name)s`, or a list bound to `%s`; `execution_options.isolation_level`.
 */
import { type JsonValue, PipelineError } from '../../core/index.ts';
import { defineDataset } from '../define-dataset.ts';
import { errorCode, notSavedYet } from '../failures.ts';
import { localPath } from '../file-place.ts';
import { anything, checkOptions, either, flag, integer, mapping, type OptionRule, oneOf, text } from '../options.ts';
import { isState, mayPassInPostgres } from './postgres/failures.ts';
import { boundStatement, type Statement } from './postgres/placeholders.ts';
import { hashRows, onlyReads, readRows } from './postgres/reading.ts';
import { postgresTarget } from './postgres/target.ts';
import { inTransaction, type Transaction } from './postgres/transaction.ts';
import { readUtf8 } from './utf8.ts';

const LOAD_ARGS = { params: either(mapping(anything()), list()) };

const EXECUTION_OPTIONS = {
  isolation_level: oneOf('AUTOCOMMIT', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'),
  // Rows are made as they come in, whatever these say.
  stream_results: flag(),
  yield_per: integer(1, 2 ** 31),
  max_row_buffer: integer(1, 2 ** 31),
};

const UNDEFINED_TABLE = ['42P01', '3F000'];
const WRITES = '25006';

export const sqlQueryDataset = defineDataset({
  type: 'pandas.SQLQueryDataset',
  options: {
    sql: text(),
    filepath: text(),
    encoding: oneOf('utf-8', 'utf8'),
    load_args: mapping(anything()),
    execution_options: mapping(anything()),
  },
  open({ dataset, options, credentials, connections, project }) {
    const { sql, filepath } = options;
    if ((sql === undefined) === (filepath === undefined)) {
      throw invalid(dataset, 'needs either "sql" or "filepath", a file with the statement.');
    }
    const { params } = checkOptions(dataset, LOAD_ARGS, options.load_args ?? {}, 'load_args');
    const { isolation_level: isolation = 'AUTOCOMMIT' } = checkOptions(
      dataset,
      EXECUTION_OPTIONS,
      options.execution_options ?? {},
      'execution_options',
    );
    const entry = { dataset, connections, target: postgresTarget(dataset, project, credentials) };
    const begin = `BEGIN ISOLATION LEVEL ${isolation === 'AUTOCOMMIT' ? 'READ COMMITTED' : isolation} READ ONLY`;
    const file = filepath === undefined ? undefined : localPath(dataset, project, filepath);
    const written = sql === undefined ? undefined : boundStatement(dataset, sql, params);
    const statement = async (signal: AbortSignal | undefined): Promise<Statement> =>
      written ?? boundStatement(dataset, await fileText(dataset, filepath ?? '', file ?? '', signal), params);

    const place = `a query on ${entry.target.place}`;
    const reading = async <T>(
      signal: AbortSignal | undefined,
      work: (transaction: Transaction, statement: Statement) => Promise<T>,
    ): Promise<T> => {
      const found = await statement(signal);
      try {
        return await inTransaction(entry, begin, signal, (transaction) => work(transaction, found));
      } catch (error) {
        if (isState(error, WRITES)) throw onlyReads(dataset);
        if (!isState(error, ...UNDEFINED_TABLE)) throw error;
        throw notSavedYet(
          dataset,
          `a table of its query on ${entry.target.place}`,
          ` PostgreSQL says: ${(error as Error).message}`,
        );
      }
    };
    return {
      filepath,
      place,
      retryable: mayPassInPostgres,
      load: (signal) => reading(signal, readRows),
      fingerprint: (signal) => reading(signal, hashRows),
      exists: async (signal) => {
        try {
          await reading(signal, ({ rows }, { text: found, values }) => rows(`EXPLAIN ${found}`, values));
          return true;
        } catch (error) {
          if (errorCode(error) === 'DATASET_NOT_SAVED_YET') return false;
          throw error;
        }
      },
    };
  },
});

async function fileText(dataset: string, filepath: string, file: string, signal?: AbortSignal): Promise<string> {
  try {
    return await readUtf8(file, { keepMark: false, signal });
  } catch (error) {
    throw errorCode(error) === 'ENOENT' ? notSavedYet(dataset, filepath) : error;
  }
}

function list(): OptionRule<JsonValue[]> {
  return { expects: 'a list', read: (value) => (Array.isArray(value) ? value : undefined) };
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
