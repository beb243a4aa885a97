/**
 * Which database an entry's `credentials` name. The connection string holds a password: it is shown to nobody, and no
 * message of this file repeats any part of it but the scheme.
 */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../../../core/index.ts';
import { anything, checkOptions, flag, integer } from '../../options.ts';
import { readTls, type Tls } from './tls.ts';

/** One database, and how to reach it. */
export interface PostgresTarget {
  /** `host:port/database`, for messages. */
  readonly place: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  readonly applicationName: string;
  /** Settings of the server for these connections, such as `-c statement_timeout=60s`. */
  readonly serverOptions: string | undefined;
  readonly connectTimeoutMs: number;
  readonly tls: Tls | undefined;
  /** The most connections at once. */
  readonly most: number;
  /** Connections are replaced after so many seconds; 0: never. */
  readonly recycleSeconds: number;
}

const SCHEMES = /^(?:postgres|postgresql(?:\+\w+)?)$/;
const EXAMPLE = 'such as postgresql://user:password@host:5432/database';
const CONNECT_TIMEOUT_S = 10;

// SQLAlchemy's names beside `con`; those that only change how Python does it are accepted and change nothing.
const CREDENTIALS = {
  con: anything(),
  connect_args: anything(),
  pool_size: integer(1, 1000),
  max_overflow: integer(0, 1000),
  pool_recycle: integer(-1, 2 ** 31),
  pool_pre_ping: flag(),
};

const PARAMETERS = [
  'application_name',
  'connect_timeout',
  'dbname',
  'host',
  'options',
  'password',
  'port',
  'sslcert',
  'sslkey',
  'sslmode',
  'sslrootcert',
  'user',
] as const;

type Parameters = Partial<Record<(typeof PARAMETERS)[number], string>>;

/** Reads an entry's `credentials`. Throws `DATASET_INVALID`. */
export function postgresTarget(dataset: string, project: string, credentials: unknown): PostgresTarget {
  if (!isPlainObject(credentials)) {
    throw invalid(dataset, `needs credentials with the key "con", ${EXAMPLE}.`);
  }
  const given = checkOptions(dataset, CREDENTIALS, credentials as JsonObject, 'credentials');
  const { parameters: fromUrl, ...url } = readUrl(dataset, given.con);
  const all = { ...fromUrl, ...connectArgs(dataset, given.connect_args) };
  const host = all.host ?? url.host ?? 'localhost';
  const port = wholeNumber(dataset, 'port', all.port ?? url.port ?? '5432', 65_535);
  const user = all.user ?? url.user;
  const database = all.dbname ?? url.database ?? user;
  const timeout = wholeNumber(dataset, 'connect_timeout', all.connect_timeout ?? String(CONNECT_TIMEOUT_S), 86_400);
  return {
    place: `${host.includes(':') ? `[${host}]` : host}:${port}/${database ?? ''}`,
    host,
    port,
    user,
    password: all.password ?? url.password,
    database,
    applicationName: all.application_name ?? 'kedro-temporal',
    serverOptions: all.options,
    connectTimeoutMs: timeout * 1000,
    tls: readTls(dataset, project, host, all),
    most: (given.pool_size ?? 10) + (given.max_overflow ?? 0),
    recycleSeconds: Math.max(0, given.pool_recycle ?? 0),
  };
}

const URL_SHAPE =
  /^[^:/]+:\/\/(?:(?<user>[^:/@]*)(?::(?<password>[^@]*))?@)?(?:\[(?<six>[^\]]*)\]|(?<host>[^:/?[\]@]*))(?::(?<port>\d*))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;

function readUrl(dataset: string, con: JsonValue | undefined) {
  if (typeof con !== 'string' || con === '') {
    throw invalid(dataset, `needs a text as "con" in its credentials, ${EXAMPLE}.`);
  }
  const scheme = /^\s*([\w.+-]+):/.exec(con)?.[1]?.toLowerCase();
  if (scheme !== undefined && !SCHEMES.test(scheme)) {
    throw invalid(
      dataset,
      `has a "con" for "${scheme}", and only PostgreSQL is built in (${EXAMPLE}). For another database define a type of that name with defineDataset, and list it in the settings: docs/writing-a-dataset.md.`,
    );
  }
  const found = URL_SHAPE.exec(con)?.groups;
  if (scheme === undefined || found === undefined) {
    throw invalid(
      dataset,
      `has a "con" in its credentials that is no URL ${EXAMPLE}. Write "@", ":" and "/" in a password as %40, %3A and %2F.`,
    );
  }
  const part = (name: string) => (found[name] === undefined || found[name] === '' ? undefined : decoded(found[name]));
  return {
    user: part('user'),
    password: part('password'),
    host: part('six') ?? part('host'),
    port: part('port'),
    database: part('database'),
    parameters: checkParameters(
      dataset,
      Object.fromEntries(new URLSearchParams(found.query ?? '')),
      'the URL of "con"',
    ),
  };
}

function connectArgs(dataset: string, given: JsonValue | undefined): Parameters {
  if (given === undefined) return {};
  const isFlat = isPlainObject(given) && Object.values(given).every((one) => ['string', 'number'].includes(typeof one));
  if (!isFlat) throw invalid(dataset, 'has a wrong "connect_args" in its credentials: it must be a mapping to texts.');
  const texts = Object.entries(given as JsonObject).map(([key, one]) => [key, String(one)]);
  return checkParameters(dataset, Object.fromEntries(texts), '"connect_args"');
}

function checkParameters(dataset: string, given: Record<string, string>, place: string): Parameters {
  const unknown = Object.keys(given).find((key) => !(PARAMETERS as readonly string[]).includes(key));
  if (unknown === undefined) return given;
  throw invalid(
    dataset,
    `has an unknown parameter "${unknown}" in ${place}.${suggestion(unknown, PARAMETERS)} Known are: ${PARAMETERS.join(', ')}.`,
  );
}

function wholeNumber(dataset: string, name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw invalid(dataset, `has a wrong "${name}" in its connection: it must be a whole number from 1 to ${most}.`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
