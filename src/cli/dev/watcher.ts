/** Which files make a running project another one, and when they have changed. */
import type { Stats } from 'node:fs';
import path from 'node:path';

/** Files that are read once, when a session opens. */
const READ_ONCE = /\.([cm]?[jt]sx?|py|ya?ml|toml)$/;
const CONF = /^conf[/\\].*\.json$/;
/** Folders of others, and of what runs make. */
const IGNORED_ANYWHERE = new Set(['node_modules', '__pycache__', 'venv', 'site-packages']);
const IGNORED_AT_TOP = new Set(['data', 'dist', 'build', 'logs']);

/** Milliseconds without another change: an editor, or a checkout, writes several files. */
const QUIET_MS = 200;

/** Whether a path inside `project` (a folder, where `isFolder`) is none that a session reads when it opens. */
export function isIgnored(project: string, file: string, isFolder: boolean): boolean {
  const inside = path.relative(project, file);
  if (inside === '') return false;
  const parts = inside.split(path.sep);
  const folders = isFolder ? parts : parts.slice(0, -1);
  const [top = ''] = folders;
  if (IGNORED_AT_TOP.has(top)) return true;
  if (folders.some((part) => part !== '..' && (part.startsWith('.') || IGNORED_ANYWHERE.has(part)))) return true;
  return !isFolder && !READ_ONCE.test(inside) && !CONF.test(inside);
}

/** Watches until it is closed. */
export interface Watcher {
  close(): Promise<void>;
}

/**
 * Calls `onChange` with the files that have changed since, relative to the project, when no other has for a moment.
 * `places`: further folders whose files count, as `--conf-source` may name one.
 */
export async function watchProject(
  project: string,
  places: readonly string[],
  onChange: (files: string[]) => void,
): Promise<Watcher> {
  const { watch } = await import('chokidar');
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch([project, ...places], {
    ignoreInitial: true,
    // Before chokidar has looked at a path it is taken for a folder: a file is judged at the second call.
    ignored: (file: string, stats?: Stats) => isIgnored(project, file, stats === undefined || stats.isDirectory()),
  });
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  // A folder that cannot be read is no reason to end.
  watcher.on('error', () => {});
  watcher.on('all', (event, file) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    changed.add(path.relative(project, file));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed];
      changed.clear();
      onChange(files);
    }, QUIET_MS);
  });
  await ready;
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
