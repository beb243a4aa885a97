/** One request to S3 at a time: words and questions that loading and saving share. */
import type { S3Client } from '@aws-sdk/client-s3';
import { BucketMissing, statusOf } from './s3-failures.ts';
import type { S3Settings } from './s3-options.ts';
import type { ListedFile, StoredFile } from './store.ts';

export type S3Library = typeof import('@aws-sdk/client-s3');

/** The library and a client of it, as one. */
export interface S3 {
  readonly library: S3Library;
  readonly client: S3Client;
}

export interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

type Payer = S3Settings['payer'];

/** `undefined` when the bucket has no such object; `mark` is what {@link MARK} says. */
export async function statObject(
  { library, client }: S3,
  object: ObjectName,
  payer: Payer,
  signal: AbortSignal | undefined,
): Promise<(StoredFile & { mark: string | undefined }) | undefined> {
  try {
    const found = await client.send(new library.HeadObjectCommand({ ...object, ...payer }), sent(signal));
    return { ...storedFile(found.ETag, found.ContentLength), mark: found.Metadata?.[MARK] };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
  try {
    await client.send(new library.HeadBucketCommand({ Bucket: object.Bucket }), sent(signal));
  } catch (error) {
    // Who may not ask about the bucket (403) may still use it.
    if (statusOf(error) === 404) throw new BucketMissing('the bucket does not exist');
    if (signal?.aborted) throw error;
  }
  return undefined;
}

/** Every object below a folder. */
export async function* listObjects(
  { library, client }: S3,
  folder: string,
  payer: Payer,
  signal: AbortSignal | undefined,
): AsyncGenerator<Required<ListedFile>> {
  const [Bucket = '', ...rest] = folder.split('/');
  const Prefix = rest.length === 0 ? '' : `${rest.join('/')}/`;
  let ContinuationToken: string | undefined;
  do {
    const command = new library.ListObjectsV2Command({ Bucket, Prefix, ContinuationToken, ...payer });
    const page = await client.send(command, sent(signal));
    for (const { Key = '', ETag, Size } of page.Contents ?? []) {
      // An empty object whose name ends in a slash is how some tools show a folder.
      if (Key === '' || Key.endsWith('/')) continue;
      yield { path: `${Bucket}/${Key}`, fingerprint: storedFile(ETag, Size).fingerprint };
    }
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}

function storedFile(etag = '', size = 0): StoredFile {
  return { fingerprint: `${etag.replaceAll('"', '')}:${size}`, size };
}

/** Metadata that tells a saver that the object in its place is its own: the answer to the first try was lost. */
export const MARK = 'kedro-temporal-save';

/** What a request is sent with. */
export function sent(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** What a stream is made with. */
export function sentTo(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
