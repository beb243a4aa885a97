/** What `credentials` and `fs_args` of an S3 entry may say: the words of s3fs, which Kedro uses. */
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { isPlainObject, type JsonObject, PipelineError, suggestion } from '../../core/index.ts';
import { flag, mapping, type OptionRule, type OptionValues, text } from '../options.ts';

const SECRET: OptionRule<string> = { ...text(), expects: 'a text (in quotes where it looks like a number)' };

const KWARGS: OptionRule<JsonObject> = {
  expects: 'a mapping',
  read: (value) => (isPlainObject(value) ? (value as JsonObject) : undefined),
};

export const S3_OPTIONS = {
  key: SECRET,
  secret: SECRET,
  token: SECRET,
  anon: flag(),
  profile: text(),
  endpoint_url: text(),
  client_kwargs: KWARGS,
  config_kwargs: KWARGS,
  s3_additional_kwargs: mapping(text()),
  requester_pays: flag(),
};

/** {@link S3_OPTIONS}, checked one by one. */
export type S3Options = OptionValues<typeof S3_OPTIONS>;

/** What every request of an entry is sent with. */
export interface S3Settings {
  readonly client: S3ClientConfig;
  /** Goes with every upload. */
  readonly upload: Readonly<Record<string, string>>;
  readonly payer: { RequestPayer?: 'requester' };
}

const CLIENT_KWARGS = [
  'endpoint_url',
  'region_name',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
];
const CONFIG_KWARGS = ['connect_timeout', 'read_timeout', 's3'];
const UPLOAD_KWARGS = ['ACL', 'ServerSideEncryption', 'SSEKMSKeyId', 'StorageClass', 'Tagging'];

/** The settings of one entry. Throws `DATASET_INVALID`. */
export function s3Settings(dataset: string, options: S3Options, env: NodeJS.ProcessEnv = process.env): S3Settings {
  const kwargs = textsOf(dataset, 'client_kwargs', options.client_kwargs, CLIENT_KWARGS);
  const upload = textsOf(dataset, 's3_additional_kwargs', options.s3_additional_kwargs, UPLOAD_KWARGS);
  const endpoint = options.endpoint_url ?? kwargs.endpoint_url;
  const region = regionOf(kwargs.region_name, endpoint, env);
  return {
    client: {
      ...credentialsOf(dataset, options, kwargs),
      ...(region === undefined ? {} : { region }),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      ...(endpoint === undefined ? { followRegionRedirects: true } : ofServer(endpoint)),
      ...configOf(dataset, options.config_kwargs),
    },
    upload,
    payer: options.requester_pays === true ? { RequestPayer: 'requester' } : {},
  };
}

function credentialsOf(dataset: string, options: S3Options, kwargs: Record<string, string | undefined>) {
  if (options.anon === true) {
    return {
      credentials: { accessKeyId: '', secretAccessKey: '' },
      signer: { sign: async <T>(request: T) => request },
    };
  }
  const accessKeyId = options.key ?? kwargs.aws_access_key_id;
  const secretAccessKey = options.secret ?? kwargs.aws_secret_access_key;
  const sessionToken = options.token ?? kwargs.aws_session_token;
  if (accessKeyId === undefined && secretAccessKey === undefined) return {};
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw invalid(dataset, 'has credentials with only one of "key" and "secret": S3 needs both.');
  }
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } };
}

// Both names of the variable: Python's SDK reads the second one only, JavaScript's the first.
function regionOf(given: string | undefined, endpoint: string | undefined, env: NodeJS.ProcessEnv) {
  return given ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (endpoint === undefined ? undefined : 'us-east-1');
}

// Servers that are not Amazon's: buckets are no host names there, and few know the newer checksums.
function ofServer(endpoint: string): S3ClientConfig {
  return {
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  };
}

const SECONDS = 1000;

function configOf(dataset: string, given: JsonObject = {}): S3ClientConfig {
  refuseUnknown(dataset, 'config_kwargs', given, CONFIG_KWARGS);
  const { connect_timeout: connect = 10, read_timeout: read = 60, s3 = {} } = given;
  if (typeof connect !== 'number' || typeof read !== 'number' || !isPlainObject(s3)) {
    throw invalid(dataset, 'has wrong "config_kwargs": timeouts are numbers of seconds, and "s3" is a mapping.');
  }
  refuseUnknown(dataset, 'config_kwargs.s3', s3 as JsonObject, ['addressing_style']);
  const style = s3.addressing_style ?? 'auto';
  if (style !== 'auto' && style !== 'path' && style !== 'virtual') {
    throw invalid(dataset, 'has a wrong "addressing_style" in its config_kwargs: it is "auto", "path" or "virtual".');
  }
  return {
    requestHandler: { connectionTimeout: connect * SECONDS, socketTimeout: read * SECONDS },
    ...(style === 'auto' ? {} : { forcePathStyle: style === 'path' }),
  };
}

function textsOf(dataset: string, place: string, given: JsonObject = {}, known: readonly string[]) {
  refuseUnknown(dataset, place, given, known);
  const wrong = Object.keys(given).find((key) => given[key] !== null && typeof given[key] !== 'string');
  if (wrong !== undefined) throw invalid(dataset, `has a wrong "${wrong}" in its ${place}: it must be a text.`);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Record<string, string>;
}

function refuseUnknown(dataset: string, place: string, given: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw invalid(dataset, `has an unknown option "${unknown}" in its ${place}.${suggestion(unknown, known)}`);
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
