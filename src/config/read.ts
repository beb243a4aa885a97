/** Reads a project's configuration from disk, once. */
import { join, relative, resolve, sep } from 'node:path';
import { isPipelineError, type JsonObject, PipelineError } from '../core/index.ts';
import { readDocument } from './document.ts';
import { fillCatalogEntry } from './entry.ts';
import { evaluate } from './evaluate.ts';
import { BASE, checkFolders, configFiles, DEFAULT_ENV, groupsOf, isFolder, readText } from './files.ts';
import type { Filled } from './filled.ts';
import { type MergeStrategy, mergeFiles, mergeLayers, type ReadFile } from './merge.ts';
import { type ConfigNode, GROUPS, type GroupName, isHidden, type Layer, mapNode } from './node.ts';
import { type ConfigTemplate, type Group, INSIDE, startFilling, type TemplateData } from './template.ts';

/** What to read. */
export interface ConfigOptions {
  /** Absolute path of the project. */
  project: string;
  /** The run's environment, a folder beside `base`. Default: `local`, which need not exist. */
  env?: string | undefined;
  /** The folder that holds the environments; a relative one is below the project. Default: `conf`. */
  confSource?: string | undefined;
  /** How the run's environment meets the base, per group. Default: `destructive` for each. */
  mergeStrategy?: Partial<Record<GroupName, MergeStrategy>> | undefined;
  /** Variables for `${oc.env:…}` in credentials, copied now. Default: those of this process. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Reads every configuration file of `base` and of the run's environment, merges them and parses their holes. What is the
 * same for every run is computed here. Nothing is read from disk afterwards.
 *
 * Throws `PROJECT_NOT_FOUND`, `PROJECT_SETTINGS_INVALID`, `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX` or
 * `CONFIG_DUPLICATE_KEY`. A hole that cannot be filled throws only when it is asked for.
 */
export async function readConfig(options: ConfigOptions): Promise<ConfigTemplate> {
  const project = resolve(options.project);
  const confSource = resolve(project, options.confSource ?? 'conf');
  const env = options.env ?? DEFAULT_ENV;
  checkStrategies(options.mergeStrategy ?? {});
  await checkFolders(project, confSource, env);
  const base = await readEnvironment(project, confSource, BASE);
  const own = env === BASE ? emptyEnvironment(BASE) : await readEnvironment(project, confSource, env);
  const groupOf = (group: GroupName): Group => {
    const strategy = options.mergeStrategy?.[group] ?? 'destructive';
    const merged = mergeLayers(base[group].root, own[group].root, strategy);
    const visible = new Map([...merged.entries].filter(([key]) => !isHidden(group, key)));
    return Object.freeze({ base: base[group], env: own[group], strategy, root: mapNode(visible) });
  };
  const groups = Object.freeze({
    catalog: groupOf('catalog'),
    parameters: groupOf('parameters'),
    credentials: groupOf('credentials'),
    globals: groupOf('globals'),
  });
  const variables = Object.entries(options.environment ?? process.env).filter(([, value]) => value !== undefined);
  const environment = Object.freeze(Object.fromEntries(variables)) as Readonly<Record<string, string>>;
  const catalogNames = Object.freeze([...groups.catalog.root.entries.keys()]);
  const template = { env, project, confSource, catalogNames };
  Object.defineProperty(template, INSIDE, { value: precompute(groups, environment) });
  return Object.freeze(template) as ConfigTemplate;
}

type Environment = Readonly<Record<GroupName, Layer>>;

async function readEnvironment(project: string, confSource: string, env: string): Promise<Environment> {
  const folder = join(confSource, env);
  const layers = emptyEnvironment(env);
  const paths = (await isFolder(folder)) ? await configFiles(folder) : [];
  const read: Record<GroupName, ReadFile[]> = { catalog: [], parameters: [], credentials: [], globals: [] };
  for (const path of paths) {
    const groups = groupsOf(path);
    if (groups.length === 0) continue;
    const absolute = join(folder, path);
    const file = relative(project, absolute).split(sep).join('/');
    const text = await readText(absolute, file);
    for (const group of groups) read[group].push({ file, root: readDocument(text, file, layers[group]) });
  }
  for (const group of GROUPS) {
    layers[group].root = mergeFiles(group, read[group]);
    Object.freeze(layers[group]);
  }
  return layers;
}

function emptyEnvironment(env: string): Environment {
  const layer = (group: GroupName): Layer => ({ group, env, root: mapNode() });
  return {
    catalog: layer('catalog'),
    parameters: layer('parameters'),
    credentials: layer('credentials'),
    globals: layer('globals'),
  };
}

function checkStrategies(strategies: Partial<Record<GroupName, MergeStrategy>>): void {
  for (const [group, strategy] of Object.entries(strategies)) {
    const known = (GROUPS as readonly string[]).includes(group);
    if (known && (strategy === undefined || strategy === 'destructive' || strategy === 'soft')) continue;
    const why = known ? `is "${strategy}"; it may be "destructive" or "soft"` : `names no group: ${GROUPS.join(', ')}`;
    throw new PipelineError('PROJECT_SETTINGS_INVALID', `mergeStrategy.${group} ${why}.`, { details: { group } });
  }
}

/** Fills all that no runtime param can change. A failure is kept for those who ask. */
function precompute(groups: TemplateData['groups'], environment: TemplateData['environment']): TemplateData {
  const constants = new Map<ConfigNode, Filled>();
  const filling = startFilling({ groups, constants, environment });
  const visited = new Set<ConfigNode>();
  const visit = (node: ConfigNode): void => {
    if (node.kind === 'value' || visited.has(node)) return;
    visited.add(node);
    if (node.kind === 'map') node.entries.forEach(visit);
    if (node.kind === 'list') node.items.forEach(visit);
    const filled = attempt(() => evaluate(node, filling));
    if (filled !== undefined && !filled.asks) constants.set(node, filled);
  };
  for (const group of Object.values(groups)) {
    visit(group.base.root);
    visit(group.env.root);
    visit(group.root);
  }
  const entries = new Map<string, JsonObject>();
  for (const name of groups.catalog.root.entries.keys()) {
    const entry = attempt(() => fillCatalogEntry(name, groups.catalog.root, groups.credentials.root, filling));
    if (entry !== undefined && !entry.asks) entries.set(name, entry.value);
  }
  return Object.freeze({ groups, constants, entries, environment });
}

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isPipelineError(error)) return undefined;
    throw error;
  }
}
