/** A local file into an object: whole or not at all. */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat as statFile } from 'node:fs/promises';
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { importLibrary } from '../import-library.ts';
import { statusOf } from './s3-failures.ts';
import type { S3Settings } from './s3-options.ts';
import { MARK, type ObjectName, type S3, sent, sentTo, statObject } from './s3-requests.ts';
import type { FileWrite } from './store.ts';

/** Larger files go in parts of this size, in bytes, a few at a time; each part is in memory while it is sent. */
const PART_SIZE = 8 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** False, with nothing changed, when `exclusive` and an object is there. */
export async function uploadObject(
  s3: S3,
  settings: S3Settings,
  dataset: string,
  file: string,
  object: ObjectName,
  { exclusive, isRetry, signal }: FileWrite,
): Promise<boolean> {
  if (isRetry) await abortLeftUploads(s3, object, signal);
  const mark = randomUUID();
  const find = () => statObject(s3, object, settings.payer, signal);
  const isThere = async () => {
    const found = await find();
    return found !== undefined && found.mark !== mark;
  };
  const base: PutObjectCommandInput = { ...object, ...settings.upload, ...settings.payer, Metadata: { [MARK]: mark } };
  const put = (input: PutObjectCommandInput) => putFile(s3, dataset, file, input, signal);
  if (!exclusive) {
    await put(base);
    return true;
  }
  try {
    await put({ ...base, IfNoneMatch: '*' });
    return true;
  } catch (error) {
    // Its own, where the answer to the first try was lost.
    if (statusOf(error) === 412) return (await find())?.mark === mark;
    // 409: somebody saves it at this moment. Who has not won by now may try again.
    if (statusOf(error) === 409 && (await isThere())) return false;
    if (statusOf(error) !== 501) throw error;
  }
  if (await isThere()) return false;
  await put(base);
  return true;
}

async function putFile(
  { library, client }: S3,
  dataset: string,
  file: string,
  input: PutObjectCommandInput,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { size } = await statFile(file);
  signal?.throwIfAborted();
  if (size <= PART_SIZE) {
    // From memory rather than as a stream, which the client could not send a second time.
    const Body = await readFile(file, sentTo(signal));
    await client.send(new library.PutObjectCommand({ ...input, Body }), sent(signal));
    return;
  }
  const { Upload } = await importLibrary(dataset, '@aws-sdk/lib-storage', () => import('@aws-sdk/lib-storage'));
  // The library's own way to cancel returns before what is under way has ended. This one ends every request but the one that
  // aborts the upload, which the library then sends.
  const ended: S3Client = Object.create(client, {
    send: {
      value: (command: Parameters<S3Client['send']>[0]) =>
        client.send(command, command instanceof library.AbortMultipartUploadCommand ? {} : sent(signal)),
    },
  });
  const Body = createReadStream(file, sentTo(signal));
  const partSize = Math.max(PART_SIZE, Math.ceil(size / MOST_PARTS));
  try {
    await new Upload({ client: ended, params: { ...input, Body }, partSize }).done();
  } finally {
    Body.destroy();
  }
}

// What a killed attempt has sent is seen by nobody, and paid for. Who may not list it leaves it to the bucket's own rules.
async function abortLeftUploads({ library, client }: S3, object: ObjectName, signal: AbortSignal | undefined) {
  try {
    const { Bucket, Key } = object;
    const found = await client.send(new library.ListMultipartUploadsCommand({ Bucket, Prefix: Key }), sent(signal));
    for (const { Key: key, UploadId } of found.Uploads ?? []) {
      if (key !== Key || UploadId === undefined) continue;
      await client.send(new library.AbortMultipartUploadCommand({ ...object, UploadId }), sent(signal));
    }
  } catch (error) {
    if (signal?.aborted || statusOf(error) === undefined) throw error;
  }
}
