import { createRequire } from 'node:module';
import { isPlainObject, messageOf, PipelineError } from '../../core/index.ts';
import { type FilePlan, textOf } from './files.ts';

const FILE = 'package.json';

interface OwnPackage {
  version: string;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional?: boolean }>;
}

/** What a project needs of npm. */
export interface NpmNeeds {
  name: string;
  /** Whether its `.js` and `.ts` files are modules. */
  isModule: boolean;
  scripts: Readonly<Record<string, string>>;
  devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Its `package.json`: a new one, or the user's with scripts and dependencies that it does not have. Throws `REQUEST_INVALID`
 * for one that cannot be read.
 */
export async function packageJson(folder: string, needs: NpmNeeds): Promise<FilePlan> {
  const before = await textOf(folder, FILE);
  if (before === undefined) return { file: FILE, does: 'create', text: jsonText(freshPackage(needs), '  ') };
  const own = parsed(before);
  const { merged, added } = mergedPackage(own, needs);
  const odd = Object.entries(needs.scripts).filter(
    ([name, line]) => known(own.scripts)[name] !== undefined && known(own.scripts)[name] !== line,
  );
  const left = odd.length === 0 ? '' : ` (its own ${odd.map(([name]) => `"${name}"`).join(', ')} is kept)`;
  if (added.length === 0) return { file: FILE, does: 'keep', what: `has all of it${left}` };
  const indent = /^[ \t]+/m.exec(before)?.[0] ?? '  ';
  return { file: FILE, does: 'change', text: jsonText(merged, indent), what: `+ ${added.join(', ')}${left}` };
}

function freshPackage({ name, isModule, scripts, devDependencies }: NpmNeeds): Record<string, unknown> {
  const base = {
    name,
    version: '0.1.0',
    private: true,
    ...(isModule && { type: 'module' }),
    scripts,
    dependencies: dependencies(),
  };
  return devDependencies === undefined ? base : { ...base, devDependencies };
}

function mergedPackage(own: Record<string, unknown>, { scripts, devDependencies = {} }: NpmNeeds) {
  const all = { ...known(own.dependencies), ...known(own.devDependencies) };
  const wanted: [string, Readonly<Record<string, string>>, Record<string, unknown>][] = [
    ['scripts', scripts, known(own.scripts)],
    ['dependencies', dependencies(), all],
    ['devDependencies', devDependencies, all],
  ];
  const merged = { ...own };
  const added: string[] = [];
  for (const [key, items, there] of wanted) {
    const missing = Object.entries(items).filter(([name]) => there[name] === undefined);
    if (missing.length === 0) continue;
    merged[key] = { ...known(own[key]), ...Object.fromEntries(missing) };
    added.push(`${key} ${missing.map(([name]) => name).join(', ')}`);
  }
  return { merged, added };
}

/** This package, and the packages of Temporal that it wants beside it. */
function dependencies(): Record<string, string> {
  const { version, peerDependencies, peerDependenciesMeta } = createRequire(import.meta.url)(
    'kedro-temporal/package.json',
  ) as OwnPackage;
  const peers = Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true);
  return Object.fromEntries(
    [...peers, ['kedro-temporal', `^${version}`] as const].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isPlainObject(value)) return value;
    throw new Error('it holds no object');
  } catch (cause) {
    throw new PipelineError('REQUEST_INVALID', `package.json cannot be read, mend it first: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function known(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

function jsonText(value: unknown, indent: string): string {
  return `${JSON.stringify(value, undefined, indent)}\n`;
}
