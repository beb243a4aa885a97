/** What an error of the S3 client means, and what to do about it. */
import { messageOf } from '../../core/index.ts';
import { errorCode } from '../failures.ts';
import type { StoreFailure } from './store.ts';

interface S3Error {
  name?: string;
  $metadata?: { httpStatusCode?: number };
}

/** The status that the server answered with; `undefined` when it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as S3Error | null)?.$metadata?.httpStatusCode;
}

/** The server's own name for the error, such as `NoSuchKey`. */
export function nameOf(error: unknown): string | undefined {
  return (error as S3Error | null)?.name;
}

/**
 * The error by itself. The client's own carries the whole answer and, with it, the request, whose headers have the session
 * token in clear; and it cannot be taken off.
 */
export function withoutAnswer(error: unknown): unknown {
  if (!(error instanceof Error) || !('$response' in error)) return error;
  const { name, message, stack, $metadata } = error as Error & S3Error;
  return Object.assign(new Error(message), { name, stack, $metadata });
}

/** A bucket that a HEAD request did not find: that answer has no body which would say so. */
export class BucketMissing extends Error {
  override readonly name = 'NoSuchBucket';
  readonly $metadata = { httpStatusCode: 404 };
}

const CHECK_KEYS = 'Check "key" and "secret" (and "token", where they are temporary) in the credentials of the entry.';

const HINTS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'Make the bucket, or correct its name in the catalog; a server of your own needs its endpoint_url.',
  InvalidBucketName: 'Correct the bucket’s name in the catalog.',
  InvalidAccessKeyId: CHECK_KEYS,
  SignatureDoesNotMatch: CHECK_KEYS,
  InvalidToken: CHECK_KEYS,
  ExpiredToken: 'The temporary credentials have ended: get new ones.',
  CredentialsProviderError:
    'No credentials were found: name some in the entry ("credentials"), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or say anon: true for a public bucket.',
  RequestTimeTooSkewed: 'The clock of this machine is wrong.',
  PermanentRedirect: 'The bucket is in another region: set client_kwargs.region_name.',
  AuthorizationHeaderMalformed: 'The bucket may be in another region: set client_kwargs.region_name.',
};
const NOT_ALLOWED =
  'These credentials may not do this: reading needs s3:GetObject and s3:ListBucket, saving needs s3:PutObject.';

// Worded by the client itself, which gives them no name.
const NO_REGION = /region is missing/i;

const PASSING = new Set(['RequestTimeout', 'SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequests']);
const PASSING_STATUS = new Set([408, 409, 429]);

/** Networks, servers in trouble and throttling may pass; what the request itself is refused for does not. */
export function s3Failure(error: unknown): StoreFailure {
  const [name = '', status] = [nameOf(error), statusOf(error)];
  if (NO_REGION.test(messageOf(error))) {
    return { retryable: false, hint: 'Set client_kwargs.region_name in the credentials, or AWS_REGION.' };
  }
  const isRefused = status !== undefined && status >= 300 && status < 500;
  return {
    retryable: PASSING.has(name) || PASSING_STATUS.has(status ?? 0) || !(isRefused || name in HINTS),
    message: wordsOf(error, name, status),
    hint: HINTS[name] ?? (status === 403 ? NOT_ALLOWED : undefined),
  };
}

function wordsOf(error: unknown, name: string, status: number | undefined): string {
  const message = messageOf(error);
  if (status !== undefined) {
    // An answer without a body leaves the client without words.
    const isUnsaid = message === '' || message === 'UnknownError' || message === name;
    return isUnsaid ? `the server answered ${status}${name === 'Error' ? '' : ` ${name}`}` : `${name}: ${message}`;
  }
  const code = errorCode(error);
  return message === '' ? (code ?? name) : message;
}
