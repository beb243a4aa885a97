/** Where the files of one catalog entry are. */
import { resolve } from 'node:path';
import { checkSaveVersion, PipelineError } from '../core/index.ts';
import { notSavedYet } from './failures.ts';
import { type Files, splitUrl } from './stores/index.ts';
import { firstOf, versionedFile } from './versions.ts';

/** The file of an entry, or the folder of its versions. */
export interface FilePlace {
  readonly dataset: string;
  readonly files: Files;
  /** The folder of versions when versioned. */
  readonly path: string;
  readonly versioned: boolean;
}

/** A file that may be there. */
export interface ChosenFile {
  readonly path: string;
  /** '' when not versioned. */
  readonly version: string;
}

/** The absolute path of a configured one. Throws `DATASET_INVALID` for a URL other than `file://`. */
export function localPath(dataset: string, project: string, filepath: string): string {
  const { scheme, rest } = splitUrl(filepath);
  if (scheme === undefined || scheme === 'file') return resolve(project, rest);
  throw new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${dataset}" has a filepath that starts with "${scheme}://", and this type reads local files only.`,
    { details: { dataset, filepath } },
  );
}

/** The path of that version. Throws `VERSION_INVALID`. */
export function pathOf({ dataset, files, path, versioned }: FilePlace, version: string | undefined): string {
  if (versioned) return versionedFile(path, version ?? '', files);
  if (version === undefined) return path;
  throw new PipelineError(
    'VERSION_INVALID',
    `The dataset "${dataset}" is not versioned, so it has no version "${version}": set "versioned: true" in the catalog.`,
    { details: { dataset, version } },
  );
}

/** Where to save. Throws `VERSION_INVALID`. */
export function pathToSave(place: FilePlace, version: string | undefined): string {
  if (place.versioned && version === undefined) {
    throw new PipelineError('VERSION_INVALID', `The dataset "${place.dataset}" is versioned: saving needs a version.`, {
      details: { dataset: place.dataset },
    });
  }
  if (place.versioned && version !== undefined) checkSaveVersion(version);
  return pathOf(place, version);
}

/** The greatest version that holds its file. */
export async function newestVersion(
  { files, path }: FilePlace,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return (await firstOf(files.newestFirst(path, signal), 1))[0];
}

/** What to load; the newest version where none is given. Throws `DATASET_NOT_SAVED_YET` when there is no version at all. */
export async function fileToLoad(
  place: FilePlace,
  version: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ChosenFile> {
  if (!place.versioned) return { path: pathOf(place, version), version: '' };
  const chosen = version ?? (await newestVersion(place, signal));
  if (chosen !== undefined) return { path: pathOf(place, chosen), version: chosen };
  const shown = place.files.shown(place.path);
  throw notSavedYet(place.dataset, shown, ' It is versioned, and no version is there yet.');
}

/** Why there is no file at `path`: `DATASET_NOT_SAVED_YET`, and `DATASET_LOAD_FAILED` when a folder is there instead. */
export async function missing(place: FilePlace, path: string, signal: AbortSignal | undefined): Promise<PipelineError> {
  const { dataset, files, versioned } = place;
  const shown = files.shown(path);
  if (!(await files.isFolder(path, signal))) {
    return notSavedYet(dataset, shown, versioned ? await versionsHint(place, signal) : '');
  }
  return new PipelineError(
    'DATASET_LOAD_FAILED',
    `The dataset "${dataset}" cannot be loaded: ${shown} is a folder, not a file. Is "versioned: true" missing in the catalog?`,
    { details: { dataset, path: shown }, retryable: false },
  );
}

async function versionsHint({ files, path }: FilePlace, signal: AbortSignal | undefined): Promise<string> {
  const some = await firstOf(files.newestFirst(path, signal), 5);
  return some.length === 0 ? ' No version is there yet.' : ` The newest versions there are: ${some.join(', ')}.`;
}
