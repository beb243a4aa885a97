/** Which server a command speaks to, and how: who goes before whom, and what never reaches another server. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type ConnectionFlags, settleConnection } from '../../src/cli/connection.ts';
import type { ConnectionSettings } from '../../src/jobs/index.ts';
import { withProject } from '../projects/tiny.ts';
import { command, ROOT, startCommand } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-connection-'));
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) vi.stubEnv(name, '');
  vi.stubEnv('XDG_CONFIG_HOME', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function profiles(text: string): Promise<string> {
  const file = path.join(folder, 'temporal.toml');
  await writeFile(file, text);
  vi.stubEnv('TEMPORAL_CONFIG_FILE', file);
  return file;
}

const settle = (flags: ConnectionFlags, settings: ConnectionSettings = {}, devServer?: string) =>
  settleConnection(flags, settings, folder, async () => devServer);

describe('the address is that of', () => {
  const FILE = '[profile.default]\naddress = "default:1"\n[profile.named]\naddress = "named:1"\n';
  test.each<[string, ConnectionFlags, Record<string, string>, ConnectionSettings, string, string]>([
    [
      'the flag',
      { address: 'flag:1', profile: 'named' },
      { TEMPORAL_ADDRESS: 'env:1' },
      { address: 'yml:1' },
      'flag:1',
      '--address',
    ],
    [
      'the variable',
      { profile: 'named' },
      { TEMPORAL_ADDRESS: 'env:1' },
      { address: 'yml:1' },
      'env:1',
      'TEMPORAL_ADDRESS',
    ],
    ['a profile by name', { profile: 'named' }, {}, { address: 'yml:1' }, 'named:1', 'profile "named"'],
    [
      'a profile by its variable',
      {},
      { TEMPORAL_PROFILE: 'named' },
      { address: 'yml:1' },
      'named:1',
      'profile "named"',
    ],
    ['temporal.yml', {}, {}, { address: 'yml:1' }, 'yml:1', 'temporal.yml'],
    ['the default profile', {}, {}, {}, 'default:1', 'profile "default"'],
  ])('%s', async (_, flags, variables, settings, address, addressFrom) => {
    await profiles(FILE);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(await settle(flags, settings, 'dev:1')).toMatchObject({ address, addressFrom, namespace: 'default' });
  });

  test('the project’s dev server, which is spoken to plainly, and last localhost', async () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'key');
    expect(await settle({}, {}, 'dev:1')).toMatchObject({ address: 'dev:1', connection: {} });
    expect(await settle({})).toMatchObject({ address: 'localhost:7233', connection: { apiKey: 'key', tls: true } });
  });
});

describe('secrets', () => {
  const FILE =
    '[profile.default]\naddress = "cloud:1"\nnamespace = "sales"\napi_key = "of the profile"\n[profile.default.grpc_meta]\nteam = "a"\n';

  test('of a file go with its address, and reach no other', async () => {
    await profiles(FILE);
    expect(await settle({})).toMatchObject({
      address: 'cloud:1',
      namespace: 'sales',
      connection: { apiKey: 'of the profile', tls: true, metadata: { team: 'a' } },
    });
    expect(await settle({ address: 'cloud:1' })).toMatchObject({ connection: { apiKey: 'of the profile' } });
    expect(await settle({ address: 'other:1' })).toMatchObject({ namespace: 'default', connection: {} });
    expect(await settle({}, { address: 'yml:1' })).toMatchObject({ namespace: 'default', connection: {} });
  });

  test('of a file that says no address go to none that somebody else says; what is no secret does', async () => {
    await profiles(
      '[profile.default]\nnamespace = "sales"\napi_key = "of the profile"\n[profile.default.tls]\nserver_name = "cloud"\n' +
        'client_cert_path = "/no/such.pem"\nclient_key_path = "/no/such.key"\n[profile.default.grpc_meta]\nauthorization = "b"\n',
    );
    vi.stubEnv('OUR_KEY', 'key');
    const settings = { apiKeyEnv: 'OUR_KEY' };
    for (const given of [{ address: 'other:1' }, {}]) {
      if (given.address === undefined) vi.stubEnv('TEMPORAL_ADDRESS', 'other:1');
      const { namespace, connection } = await settle(given, settings);
      expect(namespace).toBe('sales');
      expect(connection).toEqual({ tls: { serverNameOverride: 'cloud' } });
    }
    // Nor is one missed there.
    expect(await settle({}, { apiKeyEnv: 'NOT_SET' })).toMatchObject({ address: 'other:1' });
  });

  test('of a file go to the default address where nobody says one', async () => {
    await profiles('[profile.default]\napi_key = "of the profile"\n');
    expect(await settle({})).toMatchObject({ address: 'localhost:7233', connection: { apiKey: 'of the profile' } });
  });

  test('of a variable go with the address of a flag, as for Temporal’s own tools', async () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'key');
    expect(await settle({ address: 'other:1' })).toMatchObject({ connection: { apiKey: 'key', tls: true } });
  });

  test('of temporal.yml are read from the variable that it names, which must be set where it is needed', async () => {
    const settings = { address: 'yml:1', apiKeyEnv: 'OUR_KEY' };
    await expect(settle({}, settings)).rejects.toThrow('temporal.yml says that OUR_KEY holds the API key');
    expect(await settle({ address: 'flag:1' }, settings)).toMatchObject({ connection: {} });
    vi.stubEnv('OUR_KEY', 'key');
    expect(await settle({}, settings)).toMatchObject({ connection: { apiKey: 'key', tls: true } });
  });
});

describe('a mistake is said by where it is:', () => {
  test.each<[string, ConnectionFlags, string]>([
    ['a profile that is not there', { profile: 'prod' }, 'The profile "prod"'],
    ['a file that is not there', { configFile: '/no/such.toml' }, '--config-file names "/no/such.toml"'],
  ])('%s', async (_, flags, why) => {
    await profiles('[profile.default]\n');
    await expect(settle(flags)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining(why),
    });
  });

  test('a certificate that cannot be read', async () => {
    await expect(settle({ address: 'a:1' }, { tls: { serverCaCertPath: 'ca.pem' } })).rejects.toThrow('certificate');
  });
});

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!HAS_OPENSSL)('through TLS, with certificates of one’s own (needs openssl)', () => {
  /** A certificate authority, and a server and a client that it vouches for. */
  const certificates = () => {
    const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
    const key = ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    run('req', '-x509', ...key, '-subj', '/CN=our authority', '-keyout', 'ca.key', '-out', 'ca.pem');
    for (const who of ['server', 'client']) {
      const name = ['-subj', `/CN=${who}`, '-addext', 'subjectAltName=DNS:temporal.test'];
      run('req', '-new', ...key, ...name, '-keyout', `${who}.key`, '-out', `${who}.csr`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
      run('x509', '-req', '-in', `${who}.csr`, ...signed, '-out', `${who}.pem`);
    }
  };

  /** The dev server behind TLS, which asks for the client's certificate. */
  async function secured(): Promise<number> {
    certificates();
    const [key, cert, ca] = await Promise.all(
      ['server.key', 'server.pem', 'ca.pem'].map((file) => readFile(path.join(folder, file))),
    );
    const [host = '', port = ''] = inject('temporalAddress').split(':');
    const sockets = new Set<Socket | TLSSocket>();
    const server = createServer(
      { key, cert, ca, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
      (socket) => {
        const behind = connect(Number(port), host);
        for (const each of [socket, behind]) sockets.add(each.on('error', () => each.destroy()));
        socket.pipe(behind).pipe(socket);
      },
    );
    server.on('tlsClientError', () => {});
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('worker and client reach it by temporal.yml, client certificate included', async () => {
    const port = await secured();
    const project = path.join(folder, 'project');
    await mkdir(path.join(project, 'conf/base'), { recursive: true });
    await mkdir(path.join(project, 'pipelines'));
    await writeFile(
      path.join(project, 'conf/base/temporal.yml'),
      `connection:\n  address: 127.0.0.1:${port}\n  tls:\n    server_name: temporal.test\n    server_ca_cert_path: ../ca.pem\n` +
        '    client_cert_path: ../client.pem\n    client_key_path: ../client.key\n',
    );
    const where = ['--project', project, '--task-queue', `tls-${crypto.randomUUID()}`];
    await startCommand(['worker', ...where]).said('is ready');
    const seen = await command(['workers', ...where]);
    expect(seen).toMatchObject({ code: 0 });
    expect(seen.stdout).toContain('nothing is warm');
  });

  test('the worker of dev reaches it by Temporal’s variables, client certificate included', async () => {
    const port = await secured();
    await withProject({}, async (project) => {
      const dev = startCommand(['dev', '-P', project, '--no-page', '--address', `127.0.0.1:${port}`], {
        TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: path.join(folder, 'ca.pem'),
        TEMPORAL_TLS_CLIENT_CERT_PATH: path.join(folder, 'client.pem'),
        TEMPORAL_TLS_CLIENT_KEY_PATH: path.join(folder, 'client.key'),
      });
      await dev.said('Ready');
      dev.child.kill('SIGINT');
      expect(await dev.ended).toMatchObject({ code: 0 });
    });
  });

  test('without the certificate it is unreachable, and the API key is not in what is said', async () => {
    const port = await secured();
    const project = path.join(ROOT, 'test/projects/temporal');
    const where = ['--project', project, '--address', `127.0.0.1:${port}`];
    const refused = await command(['workers', ...where, '--json'], { TEMPORAL_API_KEY: 'do-not-print-me' });
    expect(refused.code).toBe(3);
    expect(refused.stdout).toContain('SERVER_UNREACHABLE');
    expect(refused.stderr + refused.stdout).not.toContain('do-not-print-me');
  });
});
