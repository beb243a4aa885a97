/** A group that a run does not need: read, merged and filled at once, by whoever asks for it. */
import { join, relative, resolve, sep } from 'node:path';
import type { JsonObject } from '../core/index.ts';
import { readDocument } from './document.ts';
import { evaluate } from './evaluate.ts';
import { BASE, checkFolders, configFiles, DEFAULT_ENV, isFolder, readText } from './files.ts';
import { type MergeStrategy, mergeFiles, mergeLayers, type ReadFile } from './merge.ts';
import { type ConfigNode, isHidden, type Layer, type MapNode, mapNode, opened } from './node.ts';
import type { ConfigOptions } from './read.ts';
import { startFilling } from './template.ts';

/** What to read, and what fills it. */
export interface GroupOptions extends Pick<ConfigOptions, 'project' | 'env' | 'confSource'> {
  /** How the run's environment meets the base. Default: `destructive`. */
  mergeStrategy?: MergeStrategy | undefined;
  /** Values for `${runtime_params:…}`. Default: none. */
  runtimeParams?: JsonObject | undefined;
}

/** A group, filled. */
export interface FilledGroup {
  /** Deep-frozen; private keys (`_…`) left out. */
  readonly value: JsonObject;
  /**
   * The file that decides what stands at these keys, relative to the project, or the one that comes closest; undefined
   * where no file of the group says anything.
   */
  fileOf(keys: readonly string[]): string | undefined;
}

/**
 * Reads the files of one group, `<group>*` at the top of an environment and all that is in folders of that name, and fills
 * their holes with the globals and runtime params. Two files of one environment may share a mapping, never a value.
 *
 * Throws `PROJECT_NOT_FOUND`, `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX`, `CONFIG_DUPLICATE_KEY`, `CONFIG_UNRESOLVED` or
 * `PARAM_MISSING`.
 */
export async function readGroup(group: string, options: GroupOptions): Promise<FilledGroup> {
  const { mergeStrategy = 'destructive', env = DEFAULT_ENV, runtimeParams } = options;
  const project = resolve(options.project);
  const confSource = resolve(project, options.confSource ?? 'conf');
  await checkFolders({ project, confSource, base: BASE, env, byDefault: DEFAULT_ENV, strict: false });
  const read = async (name: string): Promise<Layers> => ({
    base: await readLayer(name, BASE, project, confSource),
    env: env === BASE ? emptyLayer(name, env) : await readLayer(name, env, project, confSource),
  });
  const [own, globals] = await Promise.all([read(group), read('globals')]);
  const data = {
    groups: { globals: { root: visible(globals, 'destructive') } },
    constants: new WeakMap(),
    environment: {},
    resolvers: {},
  };
  const { value } = evaluate(visible(own, mergeStrategy), startFilling(data, { runtimeParams }));
  const layers = [own.env, own.base];
  return { value: value as JsonObject, fileOf: (keys) => fileOf(keys, layers, mergeStrategy) };
}

interface ReadLayer {
  readonly layer: Layer;
  readonly files: readonly ReadFile[];
}

interface Layers {
  readonly base: ReadLayer;
  readonly env: ReadLayer;
}

async function readLayer(group: string, env: string, project: string, confSource: string): Promise<ReadLayer> {
  const folder = join(confSource, env);
  const { layer } = emptyLayer(group, env);
  const files: ReadFile[] = [];
  for (const path of (await isFolder(folder)) ? await configFiles(folder, confSource) : []) {
    if (!belongs(path, group)) continue;
    const absolute = join(folder, path);
    const file = relative(project, absolute).split(sep).join('/');
    files.push({ file, root: readDocument(await readText(absolute, file), file, layer) });
  }
  layer.root = mergeFiles(group, files);
  return { layer, files };
}

function emptyLayer(group: string, env: string): ReadLayer {
  return { layer: { group, env, root: mapNode() }, files: [] };
}

function belongs(path: string, group: string): boolean {
  return group === 'globals' ? path === 'globals.yml' : path.startsWith(group);
}

function visible({ base, env }: Layers, strategy: MergeStrategy): MapNode {
  const { group, root } = base.layer;
  const merged = mergeLayers(root, env.layer.root, strategy);
  return mapNode(new Map([...merged.entries].filter(([key]) => !isHidden(group, key))));
}

// The environment's files come first, so that they win where both know a key.
function fileOf(keys: readonly string[], layers: readonly ReadLayer[], strategy: MergeStrategy): string | undefined {
  const [top = ''] = keys;
  const replacing = strategy === 'destructive' ? layers.find(({ layer }) => layer.root.entries.has(top)) : undefined;
  const files = (replacing === undefined ? layers : [replacing]).flatMap((layer) => layer.files);
  const known = files.map(({ file, root }) => ({ file, depth: depthOf(root, keys) }));
  const deepest = Math.max(0, ...known.map(({ depth }) => depth));
  return known.find(({ depth }) => depth === deepest)?.file;
}

function depthOf(given: ConfigNode, keys: readonly string[]): number {
  const [key, ...rest] = keys;
  if (key === undefined) return 0;
  const node = opened(given);
  const child =
    node.kind === 'map' ? node.entries.get(key) : node.kind === 'list' ? node.items[Number(key)] : undefined;
  return child === undefined ? 0 : 1 + depthOf(child, rest);
}
