/** How PostgreSQL fails: in whose words, with what advice, and whether trying again may help. */
import { isPipelineError, messageOf } from '../../../core/index.ts';
import { errorCode, mayPass } from '../../failures.ts';

/** What went wrong in words that help; the cause is what the driver threw. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure';
  /** Five letters and digits of the SQL standard, when the server has spoken. */
  readonly sqlState: string | undefined;
  /** Whether trying again with nothing changed may help. */
  readonly retryable: boolean;

  constructor(error: unknown) {
    super(wordsOf(error), { cause: error });
    const { sqlState } = factsOf(error);
    this.sqlState = sqlState;
    this.retryable = sqlState === undefined ? mayPassWithoutAnswer(error) : mayPassOnServer(sqlState);
  }
}

/** `error` as a {@link PostgresFailure}; errors that have a code of their own stay. */
export function postgresFailure(error: unknown): unknown {
  return isPipelineError(error) || error instanceof PostgresFailure ? error : new PostgresFailure(error);
}

/** Whether `error` is the server's, with one of these states. */
export function isState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof PostgresFailure && error.sqlState !== undefined && states.includes(error.sqlState);
}

/** For `StorageMethods.retryable`. */
export function mayPassInPostgres(error: unknown): boolean {
  return error instanceof PostgresFailure ? error.retryable : mayPass(error);
}

/** Whether the connection is of no use any more: it is gone, or the server ends it. */
export function isConnectionLost(error: unknown): boolean {
  const { sqlState } = factsOf(error);
  return sqlState === undefined || /^(?:08|57P0)/.test(sqlState);
}

interface ServerFacts {
  sqlState?: string;
  detail?: unknown;
  hint?: unknown;
  where?: unknown;
}

function factsOf(error: unknown): ServerFacts {
  const code = errorCode(error);
  // The driver's errors have a severity; those of the system have codes of five letters too, such as EPIPE.
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code) || !Object.hasOwn(error as object, 'severity')) return {};
  return { ...(error as ServerFacts), sqlState: code };
}

// Connections (08), transactions that met (40), resources (53), objects in use (55006, 55P03), an operator (57), I/O (58),
// and what the server calls a fault of its own (XX).
const PASSING = /^(?:08|40|53|55006|55P03|57|58|XX)/;
const LASTING = /^(?:57P04)/;

function mayPassOnServer(sqlState: string): boolean {
  return PASSING.test(sqlState) && !LASTING.test(sqlState);
}

// No answer: the network, a name, a server that is away. Certificates and missing passwords do not mend themselves.
function mayPassWithoutAnswer(error: unknown): boolean {
  return (
    !/^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ENOENT|EACCES)/.test(codeOf(error) ?? '') &&
    !isAboutPassword(error)
  );
}

function isAboutPassword(error: unknown): boolean {
  return /^SASL:|does not support SSL/.test(messageOf(error));
}

const ADVICE: Readonly<Record<string, string>> = {
  '25006': 'A query only reads; a server that only reads is a standby.',
  '2BP01': 'if_exists "replace" drops the table: use "append", or replace_where, for one that others depend on.',
  '28000':
    'Look at the user and the password of its credentials; a server that wants encryption needs "?sslmode=require".',
  '28P01': 'Look at the user and the password of its credentials.',
  '42P18': 'Say the type with a cast: %(name)s::text.',
  '53300': 'Lower pool_size in its credentials, or the number of workers.',
  ECONNREFUSED: 'Nothing listens there: is PostgreSQL running?',
  ENOTFOUND: 'No host has that name.',
  EAI_AGAIN: 'The name of the host cannot be looked up now.',
};

function wordsOf(error: unknown): string {
  const { sqlState, ...server } = factsOf(error);
  const code = sqlState ?? codeOf(error);
  const words = [messageOf(error) || code || 'the connection failed', server.detail, server.where, server.hint];
  const said = words.filter((one): one is string => typeof one === 'string' && one !== '').map(sentence);
  const advice = code === undefined ? undefined : ADVICE[code];
  return [...said, ...(advice === undefined ? [] : [advice])].join(' ');
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

// A host with several addresses fails with all their errors at once, and no words of its own.
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  return errorCode(error);
}
