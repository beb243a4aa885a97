/** Which store a filepath means. */
import { resolve } from 'node:path';
import { isPlainObject, type JsonObject, type JsonValue, PipelineError, suggestion } from '../../core/index.ts';
import type { SessionTools } from '../dataset.ts';
import { checkOptions, flag, mapping, type OptionRules, oneOf } from '../options.ts';
import { localFiles } from './local-files.ts';
import { remoteFiles } from './remote-files.ts';
import { s3Store } from './s3-store.ts';
import type { FileStore, FileStoreSettings, Files, StoreEntry } from './store.ts';

/** A kind of file storage, for the setting `fileStores`. One with a built-in scheme replaces the built-in store. */
export function defineFileStore<const O extends OptionRules>(settings: FileStoreSettings<O>): FileStore {
  return Object.freeze({
    schemes: Object.freeze([settings.scheme, ...(settings.aliases ?? [])]),
    options: settings.options ?? {},
    // The options were checked against these very rules.
    open: settings.open as FileStore['open'],
  });
}

const BUILT_IN: readonly FileStore[] = [defineFileStore(s3Store)];

/** A store and a path in it. */
export interface FilesAt {
  readonly files: Files;
  readonly path: string;
}

/** Opens the store of one entry; reaches nothing. Throws `DATASET_INVALID`. `key` is the option that holds the path. */
export function openFiles(dataset: string, entry: StoreEntry, tools: SessionTools, key = 'filepath'): FilesAt {
  const { scheme, rest } = splitUrl(entry.filepath);
  if (scheme === undefined || scheme === 'file') {
    checkOptions(dataset, LOCAL_OPTIONS, entry.fs_args ?? {}, 'fs_args');
    return { files: localFiles(tools.project), path: resolve(tools.project, rest) };
  }
  const stores = [...(tools.fileStores ?? []), ...BUILT_IN];
  const store = stores.find(({ schemes }) => schemes.includes(scheme));
  if (store === undefined) throw unknownScheme(dataset, key, entry.filepath, scheme, stores);
  const options = {
    ...checkOptions(dataset, { ...store.options, ...OPEN_ARGS }, entry.fs_args ?? {}, 'fs_args'),
    ...checkOptions(dataset, store.options, credentialsOf(dataset, entry.credentials), 'credentials'),
  };
  const methods = store.open({ dataset, connections: tools.connections, options });
  return { files: remoteFiles(dataset, scheme, methods), path: storePath(dataset, key, entry.filepath, rest) };
}

/** The scheme of a path, in lower case and without `://`, and what follows it. */
export function splitUrl(filepath: string): { scheme: string | undefined; rest: string } {
  const [start, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(filepath) ?? ['', undefined];
  return { scheme: scheme?.toLowerCase(), rest: filepath.slice(start.length) };
}

// What Kedro's datasets hand to Python's open(), where it says what happens here anyway.
const OPEN_ARGS = {
  open_args_load: mapping(oneOf('r', 'rb', 'utf-8', 'utf8', 'UTF-8')),
  open_args_save: mapping(oneOf('w', 'wb', 'utf-8', 'utf8', 'UTF-8')),
};

const LOCAL_OPTIONS = { ...OPEN_ARGS, auto_mkdir: flag() };

function credentialsOf(dataset: string, credentials: JsonValue | undefined): JsonObject {
  if (credentials === undefined || credentials === null) return {};
  if (isPlainObject(credentials)) return credentials as JsonObject;
  throw invalid(dataset, 'has "credentials" that are no mapping.');
}

function storePath(dataset: string, key: string, filepath: string, rest: string): string {
  const parts = rest.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw invalid(dataset, `has a ${key} with "..", which a URL cannot have: ${filepath}`);
  if (parts.length === 0) throw invalid(dataset, `has a ${key} that names nothing after "://": ${filepath}`);
  return parts.join('/');
}

function unknownScheme(dataset: string, key: string, filepath: string, scheme: string, stores: readonly FileStore[]) {
  const known = ['file', ...new Set(stores.flatMap(({ schemes }) => schemes))];
  const list = known.map((each) => `${each}://`).join(', ');
  return new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a ${key} that starts with "${scheme}://", and no file store knows that: known are ${list}.${suggestion(scheme, known)} Add a store of your own in the project's settings: fileStores: [defineFileStore({ scheme: '${scheme}', … })].`,
    { details: { dataset, [key]: filepath } },
  );
}

function invalid(dataset: string, rest: string): PipelineError {
  return new PipelineError('DATASET_INVALID', `The catalog entry "${dataset}" ${rest}`, { details: { dataset } });
}
