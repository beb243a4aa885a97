/** Encrypted connections, by libpq's names: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { PipelineError } from '../../../core/index.ts';
import { localPath } from '../../file-place.ts';

/** How a connection is encrypted. Files are absolute. */
export interface Tls {
  readonly host: string;
  readonly verify: 'nothing' | 'authority' | 'authority and host';
  readonly files: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const VERIFY = {
  require: 'nothing',
  'verify-ca': 'authority',
  'verify-full': 'authority and host',
} as const satisfies Record<string, Tls['verify']>;

/** `undefined` without `sslmode`: not encrypted. Throws `DATASET_INVALID`. */
export function readTls(
  dataset: string,
  project: string,
  host: string,
  { sslmode = 'disable', sslrootcert, sslcert, sslkey }: Partial<Record<string, string>>,
): Tls | undefined {
  if (sslmode === 'disable') return undefined;
  if (!Object.hasOwn(VERIFY, sslmode)) {
    throw new PipelineError(
      'DATASET_INVALID',
      `The catalog entry "${dataset}" has a wrong "sslmode" in its connection: it must be one of disable, ${Object.keys(VERIFY).join(', ')}.`,
      { details: { dataset } },
    );
  }
  const files = Object.entries({ ca: sslrootcert, cert: sslcert, key: sslkey }).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, localPath(dataset, project, file)]],
  );
  const verify = VERIFY[sslmode as keyof typeof VERIFY];
  return { host, verify, files: Object.fromEntries(files) };
}

/** What `node:tls` needs. Reads the files. */
export async function tlsOptions({ host, verify, files }: Tls): Promise<ConnectionOptions> {
  const texts = Object.entries(files).map(async ([name, file]) => [name, await readFile(file, 'utf8')] as const);
  return {
    // As libpq: an authority that is named is asked, whatever the mode.
    rejectUnauthorized: verify !== 'nothing' || files.ca !== undefined,
    ...(verify === 'authority and host' ? {} : { checkServerIdentity: () => undefined }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...Object.fromEntries(await Promise.all(texts)),
  };
}
