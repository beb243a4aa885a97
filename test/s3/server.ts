/** A server that speaks S3, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { s3Python } from './python.ts';

export interface S3Server {
  readonly url: string;
  /** As a catalog entry has them. */
  readonly credentials: { key: string; secret: string; endpoint_url: string };
  /** For looking behind the scenes. */
  readonly client: S3Client;
  makeBucket(name: string): Promise<void>;
  put(bucket: string, key: string, content: string): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Every key, sorted. */
  keys(bucket: string): Promise<string[]>;
  /** Keys of multipart uploads that are neither completed nor aborted. */
  unfinished(bucket: string): Promise<string[]>;
  /** Ends it, with all it has. */
  stop(): Promise<void>;
  /** On the same port, empty. */
  restart(): Promise<void>;
}

/** Keys on one page of a listing. */
export const PAGE = 20;

/** Whether {@link startS3} can do it here. */
export const hasS3 = s3Python() !== undefined;

/** Starts an empty server on a free port of this machine. */
export async function startS3(): Promise<S3Server> {
  let running = await start(0);
  const { port } = running;
  const url = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'behind', secretAccessKey: 'the-scenes' },
  });
  return {
    url,
    client,
    credentials: { key: 'me', secret: 'hush', endpoint_url: url },
    makeBucket: async (Bucket) => void (await client.send(new CreateBucketCommand({ Bucket }))),
    put: async (Bucket, Key, Body) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    remove: async (Bucket, Key) => void (await client.send(new DeleteObjectCommand({ Bucket, Key }))),
    keys: async (Bucket) => {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket })) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
      }
      return keys.sort();
    },
    unfinished: async (Bucket) => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    stop: async () => stop(running.child),
    restart: async () => {
      await stop(running.child);
      running = await start(port);
    },
  };
}

async function start(port: number): Promise<{ child: ChildProcess; port: number }> {
  const script = path.join(import.meta.dirname, 'server.py');
  const child = spawn(s3Python() ?? 'python3', [script, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, MOTO_S3_DEFAULT_MAX_KEYS: String(PAGE) },
  });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the S3 server ended with ${code} before it listened`);
  });
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  ended.catch(() => undefined);
  return { child, port: Number(line) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
