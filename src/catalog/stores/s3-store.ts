/**
 * Objects in Amazon S3, or in a server that speaks its protocol.
 *
 * 1. An object appears whole: small ones by one PUT, large ones by a multipart upload, which is aborted when it fails.
 * 2. One client for all entries with the same credentials, made when it is first needed.
 * 3. Exclusive uploads say `If-None-Match: *`. A server that does not know it is asked whether the object is there first.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PipelineError } from '../../core/index.ts';
import type { Connections } from '../connections.ts';
import { importLibrary } from '../import-library.ts';
import { nameOf, s3Failure, withoutAnswer } from './s3-failures.ts';
import { S3_OPTIONS, type S3Settings, s3Settings } from './s3-options.ts';
import { listObjects, type ObjectName, type S3, sent, sentTo, statObject } from './s3-requests.ts';
import { uploadObject } from './s3-upload.ts';
import type { FileStoreSettings, StoreMethods } from './store.ts';

export const s3Store: FileStoreSettings<typeof S3_OPTIONS> = {
  scheme: 's3',
  aliases: ['s3a', 's3n'],
  options: S3_OPTIONS,
  open: ({ dataset, connections, options }) => {
    const settings = s3Settings(dataset, options);
    const key = `s3:${createHash('sha256').update(JSON.stringify(options)).digest('base64url')}`;
    return s3Methods(dataset, () => connect(dataset, connections, key, settings), settings);
  },
};

async function connect(dataset: string, connections: Connections, key: string, settings: S3Settings): Promise<S3> {
  return connections.use(
    key,
    async () => {
      const library = await importLibrary(dataset, '@aws-sdk/client-s3', () => import('@aws-sdk/client-s3'));
      const client = new library.S3Client(settings.client);
      dropAnswers(client);
      return { library, client };
    },
    async ({ client }) => client.destroy(),
  );
}

function dropAnswers(client: S3['client']): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        throw withoutAnswer(error);
      }
    },
    { step: 'initialize', priority: 'high' },
  );
}

function s3Methods(dataset: string, connected: () => Promise<S3>, settings: S3Settings): StoreMethods {
  const { payer } = settings;
  const objectOf = (path: string): ObjectName => {
    const slash = path.indexOf('/');
    if (slash > 0) return { Bucket: path.slice(0, slash), Key: path.slice(slash + 1) };
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" has the filepath "s3://${path}", which names a bucket and no object in it.`,
      { details: { dataset } },
    );
  };
  return {
    download: async (path, file, signal) => {
      const { library, client } = await connected();
      try {
        const command = new library.GetObjectCommand({ ...objectOf(path), ...payer });
        const { Body } = await client.send(command, sent(signal));
        // Node's client always answers with a stream of Node's.
        await pipeline(Body as Readable, createWriteStream(file, { flags: 'wx' }), sentTo(signal));
        return true;
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') return false;
        throw error;
      }
    },
    upload: async (file, path, how) => uploadObject(await connected(), settings, dataset, file, objectOf(path), how),
    stat: async (path, signal) => statObject(await connected(), objectOf(path), payer, signal),
    list: async function* (folder, signal) {
      yield* listObjects(await connected(), folder, payer, signal);
    },
    remove: async (path, signal) => {
      const { library, client } = await connected();
      await client.send(new library.DeleteObjectCommand({ ...objectOf(path), ...payer }), sent(signal));
    },
    failure: s3Failure,
  };
}
