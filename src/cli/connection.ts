/**
 * Which server, and how to speak to it. Said, from the first to the last:
 *
 * 1. the flags `--address` and `--namespace`
 * 2. Temporal's own variables, `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`
 * 3. the profile that is asked for by name (`--profile`, `TEMPORAL_PROFILE`) or by file (`--config-file`)
 * 4. `connection` of the project's temporal.yml
 * 5. the profile `default` of Temporal's configuration file
 * 6. the project's dev server, if it runs
 * 7. `localhost:7233`
 *
 * What a file says belongs to the address that it says: where another address is said further up, all of it is left out. One that
 * says no address keeps its secrets (API key, client certificate, metadata) to the default address: they go to none that somebody
 * else says. Variables are of the server that is meant now, whoever says its address, as for Temporal's own tools: TEMPORAL_API_KEY
 * goes to the one of temporal.yml too.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { messageOf, PipelineError } from '../core/index.ts';
import type { ConnectionSettings, TlsSettings } from '../jobs/index.ts';
import { type Defined, defined } from './fields.ts';

/** Flags that say which server, and by which of Temporal's profiles. */
export interface ConnectionFlags {
  address?: string;
  namespace?: string;
  /** Of Temporal's configuration file. */
  profile?: string;
  configFile?: string;
}

/** How to speak to the server; for a Connection and a NativeConnection alike. Holds secrets: never printed. */
export type ConnectionOptions = Pick<NativeConnectionOptions, 'tls' | 'apiKey' | 'metadata'>;

/** The same with every choice made. */
export interface SettledConnection {
  address: string;
  namespace: string;
  /** Who says the address: `--address`, `temporal.yml`, `profile "prod"`. */
  addressFrom: string;
  connection: ConnectionOptions;
}

type Profile = import('@temporalio/envconfig').ClientConfigProfile;

/** One that says something, with its name. */
interface Source {
  name: string;
  says: Profile;
  /** A file speaks of one server; flags and variables of the one that is meant now. */
  isFile: boolean;
  /** The variable that is to hold its API key and is not set. Told of where the key is needed only. */
  missingKey?: string;
}

const DEFAULT_ADDRESS = 'localhost:7233';
const DEFAULT_NAMESPACE = 'default';

/**
 * Settles the connection. `findDevServer` is asked where nobody says an address. Throws `REQUEST_INVALID` for a profile,
 * file or variable that is named and not there.
 */
export async function settleConnection(
  flags: ConnectionFlags,
  settings: ConnectionSettings,
  project: string,
  findDevServer: () => Promise<string | undefined>,
): Promise<SettledConnection> {
  const sources = await sourcesOf(flags, settings, project);
  const home = sources.findIndex(({ says }) => says.address !== undefined);
  const address = sources[home]?.says.address;
  const isMeant = ({ isFile, says }: Source) => !isFile || says.address === address;
  const heard = sources.flatMap((each) => (home < 0 || isMeant(each) ? [each] : elsewhere(each)));
  const namespace = heard.find(({ says }) => says.namespace !== undefined)?.says.namespace ?? DEFAULT_NAMESPACE;
  if (address !== undefined) {
    const addressFrom = sources[home]?.name ?? '';
    return { address, namespace, addressFrom, connection: await optionsOf(heard) };
  }
  const devServer = await findDevServer();
  // It speaks plainly, and knows no keys.
  if (devServer !== undefined)
    return { address: devServer, namespace, addressFrom: 'the project’s dev server', connection: {} };
  return { address: DEFAULT_ADDRESS, namespace, addressFrom: 'the default', connection: await optionsOf(heard) };
}

/** What a file says of a server whose address is somebody else's. */
function elsewhere({ name, says, isFile }: Source): Source[] {
  if (says.address !== undefined) return [];
  const { apiKey: _, grpcMeta: __, tls, ...rest } = says;
  const { clientCert: ___, clientKey: ____, ...plainTls } = tls ?? {};
  return [{ name, says: { ...rest, ...(tls && { tls: plainTls }) }, isFile }];
}

async function sourcesOf(flags: ConnectionFlags, settings: ConnectionSettings, project: string): Promise<Source[]> {
  const environment = filled(process.env);
  const isAsked = Boolean(flags.profile || flags.configFile || environment.TEMPORAL_PROFILE);
  const { loadClientConfigProfile } = await import('@temporalio/envconfig');
  const profile = profileOf(flags, environment, loadClientConfigProfile);
  const { apiKeyEnv } = settings;
  const own: Source = {
    name: 'temporal.yml',
    says: projectProfile(settings, project),
    isFile: true,
    ...(apiKeyEnv === undefined || environment[apiKeyEnv] ? {} : { missingKey: apiKeyEnv }),
  };
  return [
    { name: '--address', says: said({ address: flags.address, namespace: flags.namespace }), isFile: false },
    {
      name: 'TEMPORAL_ADDRESS',
      says: said(loadClientConfigProfile({ disableFile: true, overrideEnvVars: environment })),
      isFile: false,
    },
    ...(isAsked ? [profile, own] : [own, profile]),
  ];
}

type Load = typeof import('@temporalio/envconfig').loadClientConfigProfile;

function profileOf({ profile, configFile }: ConnectionFlags, environment: Variables, load: Load): Source {
  const file = configFile || environment.TEMPORAL_CONFIG_FILE;
  const name = profile || environment.TEMPORAL_PROFILE;
  if (file !== undefined && !existsSync(file)) {
    const said = configFile ? '--config-file' : 'TEMPORAL_CONFIG_FILE';
    throw invalid(`${said} names "${file}", which is not there. Correct it, or leave it out.`);
  }
  try {
    const says = load({
      disableEnv: true,
      overrideEnvVars: environment,
      ...(name === undefined ? {} : { profile: name }),
      ...(file === undefined ? {} : { configSource: { path: file } }),
    });
    return { name: `profile "${name ?? 'default'}"`, says: said(says), isFile: true };
  } catch (cause) {
    const where = file === undefined ? 'Temporal’s configuration file' : `"${file}"`;
    throw invalid(
      `The profile "${name ?? 'default'}" of ${where} cannot be read: ${messageOf(cause)}. "temporal config list" shows what there is.`,
      cause,
    );
  }
}

function projectProfile({ address, namespace, apiKeyEnv, tls }: ConnectionSettings, project: string): Profile {
  return said({
    address,
    namespace,
    apiKey: apiKeyEnv === undefined ? undefined : process.env[apiKeyEnv],
    tls: tls && tlsOf(tls, project),
  });
}

function tlsOf(tls: TlsSettings, project: string): NonNullable<Profile['tls']> {
  const file = (name: string | undefined) => (name === undefined ? undefined : { path: path.resolve(project, name) });
  return said({
    disabled: tls.disabled,
    serverName: tls.serverName,
    serverCACert: file(tls.serverCaCertPath),
    clientCert: file(tls.clientCertPath),
    clientKey: file(tls.clientKeyPath),
  });
}

async function optionsOf(heard: readonly Source[]): Promise<ConnectionOptions> {
  const { toClientOptions } = await import('@temporalio/envconfig');
  const keyed = heard.find(({ says, missingKey }) => says.apiKey !== undefined || missingKey !== undefined);
  if (keyed !== undefined && keyed.says.apiKey === undefined) {
    throw invalid(
      `${keyed.name} says that ${keyed.missingKey} holds the API key, and it is not set. Set it, or give TEMPORAL_API_KEY.`,
    );
  }
  const apiKey = keyed?.says.apiKey;
  const tls = Object.assign({}, ...heard.map(({ says }) => says.tls ?? {}).reverse());
  const grpcMeta = Object.assign({}, ...heard.map(({ says }) => says.grpcMeta ?? {}).reverse());
  const isSaid = heard.some(({ says }) => says.tls !== undefined);
  try {
    const { connectionOptions } = toClientOptions(
      said({
        apiKey,
        tls: isSaid ? tls : undefined,
        grpcMeta: Object.keys(grpcMeta).length > 0 ? grpcMeta : undefined,
      }),
    );
    // The SDK takes an undefined option for a mistake.
    const { tls: own, apiKey: key, metadata } = connectionOptions;
    return defined({ tls: typeof own === 'object' && own !== null ? defined(own) : own, apiKey: key, metadata });
  } catch (cause) {
    throw invalid(`A certificate for the server cannot be read: ${messageOf(cause)}`, cause);
  }
}

type Variables = Record<string, string>;

// An empty variable is one that is not set.
function filled(environment: NodeJS.ProcessEnv): Variables {
  return Object.fromEntries(
    Object.entries(environment).filter((each): each is [string, string] => each[1] !== undefined && each[1] !== ''),
  );
}

// An empty text says nothing either.
function said<T extends object>(fields: T): Defined<T> {
  return defined(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))) as Defined<T>;
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, cause === undefined ? {} : { cause });
}
