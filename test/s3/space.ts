/** A place of its own in a bucket for each test of the dataset contract. */
import path from 'node:path';
import type { FileSpace } from '../contract/dataset.ts';
import type { S3Server } from './server.ts';

const BUCKET = 'contract';

/** Expects that the bucket `contract` is there. */
export function s3Space(server: S3Server, project: string): FileSpace {
  const prefix = `${path.basename(project)}/`;
  const write = (file: string, content: string) => server.put(BUCKET, prefix + file, content);
  return {
    entry: { credentials: server.credentials },
    filepathOf: (file) => `s3://${BUCKET}/${prefix}${file}`,
    files: async () => {
      const keys = await server.keys(BUCKET);
      return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
    write,
    change: (file) => write(file, 'changed'),
  };
}
