/** Which files belong to which group: globs, as fsspec (which Kedro lists files with) understands them. */
import type { GroupName } from './node.ts';

/** Globs by group, each matched against a file's path inside its environment. */
export type ConfigPatterns = Readonly<Partial<Record<GroupName, readonly string[]>>>;

/** Kedro's own patterns. */
export const PATTERNS: Readonly<Record<GroupName, readonly string[]>> = {
  catalog: ['catalog*', 'catalog*/**', '**/catalog*'],
  parameters: ['parameters*', 'parameters*/**', '**/parameters*'],
  credentials: ['credentials*', 'credentials*/**', '**/credentials*'],
  globals: ['globals.yml'],
};

/** Whether any of `globs` matches. `*` and `?` stay inside a folder, `**` is any number of folders. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  const expressions = globs.map(expressionOf);
  return (path) => expressions.some((expression) => expression.test(path));
}

function expressionOf(glob: string): RegExp {
  const parts = glob.split('/');
  const source = parts.map((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '**') return isLast ? '.*' : '(?:.+/)?';
    if (part === '*') return isLast ? '[^/]+' : '[^/]+/';
    return partSource(part) + (isLast ? '' : '/');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function partSource(part: string): string {
  return part.replace(/\[!?\]?[^\]]*\]|\*+|\?|[\\^$.|+(){}[\]]/g, (found) => {
    if (found.startsWith('*')) return '[^/]*';
    if (found === '?') return '[^/]';
    if (found.length > 1) return `[${found.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`;
    return `\\${found}`;
  });
}
