/** Where the files of one test are: the project's folder, or a place in a store. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatasetDefinition } from '../catalog/index.ts';

/** A place for the files of one test, empty at first. Names of files have forward slashes and start at the place. */
export interface FileSpace {
  /** What entries say besides their filepath, such as credentials. */
  entry: Partial<DatasetDefinition>;
  /** The `filepath` of that file. */
  filepathOf(file: string): string;
  /** Every file, sorted. */
  files(): Promise<string[]>;
  /** Makes a file, by other means than a dataset. */
  write(file: string, content: string): Promise<void>;
  /** Makes a file another one, by other means than a dataset. */
  change(file: string): Promise<void>;
}

/** A place for the test whose project folder is given. */
export type SpaceOf = (project: string) => FileSpace;

/** The project's own folder. */
export const inProject: SpaceOf = (project) => ({
  entry: { credentials: { user: 'me' } },
  filepathOf: (file) => file,
  files: () => filesUnder(project),
  write: async (file, content) => {
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(join(project, file), content);
  },
  change: (file) => utimes(join(project, file), 1, 1),
});

/** Every file under `folder`, relative, sorted. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
