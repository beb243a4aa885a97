import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

/** Variables of an environment, like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether `path` is a file that this user may run. */
export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** `name` as its file is called here. */
export function executableName(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** The first of `folders` that has an executable called `name`. */
export async function findExecutable(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, executableName(name));
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** The folders of the PATH. */
export function pathFolders(environment: Environment): string[] {
  return splitFolders(environment.PATH ?? environment.Path);
}

/** Where Go puts what it installs: GOBIN, the bin of each GOPATH, and ~/go/bin. */
export function goBinFolders(environment: Environment): string[] {
  const goPaths = [...splitFolders(environment.GOPATH), join(homeFolder(environment), 'go')];
  return [...new Set([...splitFolders(environment.GOBIN), ...goPaths.map((folder) => join(folder, 'bin'))])];
}

/** Where this package keeps what it has downloaded or compiled: `$XDG_CACHE_HOME/kedro-temporal`, or under ~/.cache. */
export function cacheFolder(environment: Environment): string {
  const xdg = environment.XDG_CACHE_HOME;
  // The XDG standard says that a relative one is to be ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homeFolder(environment), '.cache');
  return join(base, 'kedro-temporal');
}

function homeFolder(environment: Environment): string {
  return environment.HOME || environment.USERPROFILE || homedir();
}

function splitFolders(list: string | undefined): string[] {
  return (list ?? '').split(delimiter).filter((folder) => folder !== '');
}
