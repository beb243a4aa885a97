/** Where the files of one catalog entry are. */
import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { checkSaveVersion, PipelineError } from '../core/index.ts';
import { errorCode, notSavedYet } from './failures.ts';
import { newestVersion, someVersions, versionedFile } from './versions.ts';

/** The file of an entry, or the folder of its versions. */
export interface FilePlace {
  readonly dataset: string;
  readonly project: string;
  /** Absolute; the folder of versions when versioned. */
  readonly path: string;
  readonly versioned: boolean;
}

/** A file that is there. */
export interface FoundFile {
  file: string;
  /** Changes when the file does. */
  fingerprint: string;
}

/** The absolute path of a configured one. Throws `DATASET_INVALID` for a URL. */
export function localPath(dataset: string, project: string, filepath: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(filepath)?.[1];
  if (scheme === undefined) return resolve(project, filepath);
  throw new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a filepath that starts with "${scheme}://", and this type reads local files only.`,
    { details: { dataset, filepath } },
  );
}

/** A path as people know it: relative to the project when it is inside. */
export function shownPath({ project }: FilePlace, file: string): string {
  const inside = relative(project, file);
  return inside.startsWith('..') || isAbsolute(inside) ? file : inside;
}

/** The file of that version. Throws `VERSION_INVALID`. */
export function fileOf({ dataset, path, versioned }: FilePlace, version: string | undefined): string {
  if (versioned) return versionedFile(path, version ?? '');
  if (version === undefined) return path;
  throw new PipelineError(
    'VERSION_INVALID',
    `The dataset "${dataset}" is not versioned, so it has no version "${version}": set "versioned: true" in the catalog.`,
    { details: { dataset, version } },
  );
}

/** Where to save. Throws `VERSION_INVALID`. */
export function fileToSave(place: FilePlace, version: string | undefined): string {
  if (place.versioned && version === undefined) {
    throw new PipelineError('VERSION_INVALID', `The dataset "${place.dataset}" is versioned: saving needs a version.`, {
      details: { dataset: place.dataset },
    });
  }
  if (place.versioned && version !== undefined) checkSaveVersion(version);
  return fileOf(place, version);
}

/** The file to load. Throws `DATASET_NOT_SAVED_YET`, and `DATASET_LOAD_FAILED` when a folder is there instead. */
export async function findFile(place: FilePlace, version: string | undefined): Promise<FoundFile> {
  const { dataset, path, versioned } = place;
  const chosen = versioned ? (version ?? (await newestVersion(path))) : version;
  if (versioned && chosen === undefined) {
    throw notSavedYet(dataset, shownPath(place, path), ' It is versioned, and no version is there yet.');
  }
  const file = fileOf(place, chosen);
  const found = await stat(file, { bigint: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) throw notSavedYet(dataset, shownPath(place, file), await versionsHint(place));
  if (!found.isFile()) throw notAFile(place, file);
  // The inode too: two saves within one tick of the file system's clock differ in nothing else.
  return { file, fingerprint: `${chosen ?? ''}:${found.mtimeNs}:${found.size}:${found.ino}` };
}

async function versionsHint({ path, versioned }: FilePlace): Promise<string> {
  if (!versioned) return '';
  const some = await someVersions(path, 5);
  return some.length === 0 ? ' No version is there yet.' : ` The newest versions there are: ${some.join(', ')}.`;
}

function notAFile(place: FilePlace, file: string): PipelineError {
  const path = shownPath(place, file);
  return new PipelineError(
    'DATASET_LOAD_FAILED',
    `The dataset "${place.dataset}" cannot be loaded: ${path} is a folder, not a file. Is "versioned: true" missing in the catalog?`,
    { details: { dataset: place.dataset, path }, retryable: false },
  );
}
