import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DatasetDefinition, defineFileDataset } from '../../../src/catalog/index.ts';
import { withProject } from '../../contract/dataset.ts';
import { hasS3, PAGE, type S3Server, startS3 } from '../../s3/server.ts';

const V1 = '2026-01-01T00.00.00.000Z';
const MiB = 1024 * 1024;

/** A local file whose path is the value: bytes of any size without holding them. */
const blobs = defineFileDataset({
  type: 'my.BlobDataset',
  read: async (file) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  write: (file, value) => copyFile(String(value), file),
});

describe.skipIf(!hasS3)('files in S3', () => {
  let server: S3Server;
  let bucket = '';
  let buckets = 0;
  const bench = withProject([blobs]);
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    bucket = `bucket-${++buckets}`;
    await server.makeBucket(bucket);
  });

  const json = (more: Partial<DatasetDefinition> = {}) =>
    bench.open({
      type: 'json.JSONDataset',
      filepath: `s3://${bucket}/report.json`,
      credentials: server.credentials,
      ...more,
    });
  const blob = (more: Partial<DatasetDefinition> = {}) =>
    json({ type: 'my.BlobDataset', filepath: `s3://${bucket}/blob.bin`, ...more });
  const bytes = async (size: number) => {
    const content = randomBytes(size);
    const file = `${bench.project}/blob-${size}`;
    await writeFile(file, content);
    return { file, digest: createHash('sha256').update(content).digest('hex') };
  };

  describe('large files', () => {
    it('go in parts and come back as they were', async () => {
      const { file, digest } = await bytes(60 * MiB);
      await blob().save(file);
      expect(await blob().load()).toBe(digest);
      expect(await server.unfinished(bucket)).toEqual([]);
    });

    it('are versions that only one of many may save', async () => {
      const { file } = await bytes(9 * MiB);
      const saves = await Promise.allSettled(
        Array.from({ length: 4 }, () => blob({ versioned: true }).save(file, { version: V1 })),
      );
      expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const save of saves.filter(({ status }) => status === 'rejected')) {
        expect(save).toMatchObject({ reason: { code: 'VERSION_EXISTS' } });
      }
      expect(await server.keys(bucket)).toEqual([`blob.bin/${V1}/blob.bin`]);
      expect(await server.unfinished(bucket)).toEqual([]);
    });

    it('leave nothing when a save is cancelled in the middle', async () => {
      const { file } = await bytes(30 * MiB);
      const stop = new AbortController();
      const proxy = await gateway(server.url, (path) => {
        if (path.includes('partNumber=2')) stop.abort(new Error('stop'));
        return undefined;
      });
      const dataset = blob({ credentials: { ...server.credentials, endpoint_url: proxy.url } });
      const before = await temporaryFolders();
      await expect(dataset.save(file, { signal: stop.signal })).rejects.toThrow('stop');
      await proxy.close();
      expect(await server.keys(bucket)).toEqual([]);
      expect(await server.unfinished(bucket)).toEqual([]);
      expect(await temporaryFolders()).toEqual(before);
    });

    it('leave nothing that is seen when the process is killed, and the retry removes the rest', async () => {
      const { file, digest } = await bytes(20 * MiB);
      let isReached = () => {};
      const reached = new Promise<void>((resolve) => {
        isReached = resolve;
      });
      // Never answers: the process is killed while it waits.
      const proxy = await gateway(server.url, (path) => {
        if (!path.includes('partNumber=2')) return undefined;
        isReached();
        return 'hold';
      });
      const entry = { type: 'my.BlobDataset', filepath: `s3://${bucket}/blob.bin` };
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', saver(entry, proxy.url, file)], {
        stdio: ['ignore', 'inherit', 'ignore'],
      });
      await reached;
      child.kill('SIGKILL');
      await once(child, 'exit');
      await proxy.close();
      expect(await server.unfinished(bucket)).toEqual(['blob.bin']);
      expect(await blob().exists()).toBe(false);
      expect(await temporaryFolders(child.pid)).toHaveLength(1);

      await blob().save(file, { overwrite: true });
      expect(await server.unfinished(bucket)).toEqual([]);
      expect(await blob().load()).toBe(digest);
      expect(await temporaryFolders(child.pid)).toEqual([]);
    });
  });

  it('removes temporary copies, also when the content cannot be read', async () => {
    const before = await temporaryFolders();
    await server.put(bucket, 'report.json', '{');
    await expect(json().load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining(`s3://${bucket}/report.json`),
    });
    await json().save([1]);
    expect(await json().load()).toEqual([1]);
    expect(await temporaryFolders()).toEqual(before);
  });

  it('finds the newest of more versions than three pages of a listing have', async () => {
    const version = (i: number) => new Date(Date.UTC(2026, 0, 1) + i).toISOString().replaceAll(':', '.');
    const all = Array.from({ length: 3 * PAGE + 2 }, (_, i) => `report.json/${version(i)}/report.json`);
    await Promise.all(all.map((key) => server.put(bucket, key, '1')));
    await server.put(bucket, 'report.json/0-later-by-name/other.json', '1');
    expect(await json({ versioned: true }).newestVersion()).toBe(version(all.length - 1));
  });

  it('comes back to a server that was away', async () => {
    const dataset = json();
    await dataset.save(1);
    await server.stop();
    await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: true });
    await expect(dataset.save(2)).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED', retryable: true });
    await server.restart();
    await server.makeBucket(bucket);
    await dataset.save(3);
    expect(await dataset.load()).toBe(3);
  });

  it('says which bucket is missing, for good, and does not take that for a file that is missing', async () => {
    const dataset = json({ filepath: 's3://no-such-bucket/a/report.json' });
    const missing = {
      retryable: false,
      message: expect.stringMatching(/no-such-bucket\/a\/report.json.*NoSuchBucket/),
    };
    await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', ...missing });
    await expect(dataset.save(1)).rejects.toMatchObject({ code: 'DATASET_SAVE_FAILED', ...missing });
    await expect(dataset.exists()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', ...missing });
    await expect(dataset.fingerprint()).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', ...missing });
  });

  it('takes credentials in every way that s3fs has, and file:// for this machine', async () => {
    await json({ fs_args: { s3_additional_kwargs: { ACL: 'public-read' } } }).save(7);
    const { key, secret, endpoint_url } = server.credentials;
    for (const more of [
      { credentials: { key, secret, token: 'temporary', client_kwargs: { endpoint_url, region_name: 'eu-west-1' } } },
      { credentials: { client_kwargs: { aws_access_key_id: key, aws_secret_access_key: secret, endpoint_url } } },
      { credentials: { key, secret }, fs_args: { endpoint_url, open_args_load: { mode: 'rb' } } },
      { filepath: `s3a://${bucket}/report.json` },
      { credentials: { anon: true, endpoint_url } },
      { credentials: { ...server.credentials, config_kwargs: { read_timeout: 5, s3: { addressing_style: 'path' } } } },
    ]) {
      expect(await json(more).load()).toBe(7);
    }
    const local = bench.open({ type: 'json.JSONDataset', filepath: `file://${bench.project}/local.json` });
    await local.save(8);
    expect(await readFile(`${bench.project}/local.json`, 'utf8')).toBe('8\n');
  });

  it('hands s3_additional_kwargs to the upload', async () => {
    await json({ fs_args: { s3_additional_kwargs: { StorageClass: 'STANDARD_IA' } } }).save(1);
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const found = await server.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'report.json' }));
    expect(found.StorageClass).toBe('STANDARD_IA');
  });

  it.each([
    [{ filepath: 's3://bucket/../x.json' }, '".."'],
    [{ filepath: 's3://' }, 'names nothing'],
    [{ credentials: { ky: 'a' } }, 'Did you mean "key"'],
    [{ credentials: { key: 'a' } }, 'both'],
    [{ credentials: { client_kwargs: { region: 'x' } } }, 'region_name'],
    [{ credentials: 'dev_s3' }, 'credentials'],
    [{ fs_args: { default_block_size: 5 } }, 'default_block_size'],
    [{ credentials: { config_kwargs: { s3: { addressing_style: 'odd' } } } }, 'addressing_style'],
  ])('refuses %j when it is opened', (more, says) => {
    expect(() => json(more as Partial<DatasetDefinition>)).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining(says) }),
    );
  });

  it('never shows a secret of a wrong shape', () => {
    expect(() => json({ credentials: { key: 'a', secret: 12345678 } })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.not.stringContaining('12345678') }),
    );
  });
});

/** Those of one process: other tests run at the same time. */
async function temporaryFolders(pid = process.pid): Promise<string[]> {
  const names = await readdir(tmpdir());
  return names.filter((name) => name.startsWith('kedro-temporal.') && name.includes(`.${pid}.`)).sort();
}

/** Hands requests on, unless `look` holds one: that one is never answered. */
async function gateway(url: string, look: (path: string) => 'hold' | undefined) {
  const server: Server = createServer((incoming, outgoing) => {
    if (look(incoming.url ?? '') === 'hold') return;
    const { method, headers } = incoming;
    const onward = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The program of a process that saves `file`. */
function saver(entry: DatasetDefinition, endpoint_url: string, file: string): string {
  const definition = { ...entry, credentials: { key: 'me', secret: 'hush', endpoint_url } };
  return `
    import('${new URL('../../../src/catalog/index.ts', import.meta.url).pathname}').then(async (catalog) => {
      const { copyFile } = await import('node:fs/promises');
      const type = catalog.defineFileDataset({
        type: 'my.BlobDataset',
        read: async () => undefined,
        write: (file, value) => copyFile(value, file),
      });
      const tools = { project: '/', connections: new catalog.Connections() };
      const dataset = catalog.openDataset('x', ${JSON.stringify(definition)}, tools, catalog.createRegistry([type]));
      await dataset.save(${JSON.stringify(file)});
    });`;
}
