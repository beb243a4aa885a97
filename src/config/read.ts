/** Reads a project's configuration from disk, once. */
import { join, relative, resolve, sep } from 'node:path';
import { PipelineError } from '../core/index.ts';
import { readDocument } from './document.ts';
import { BASE, checkFolders, configFiles, DEFAULT_ENV, isFolder, readText } from './files.ts';
import type { Resolvers } from './filling.ts';
import { type MergeStrategy, mergeFiles, mergeLayers, type ReadFile } from './merge.ts';
import { GROUPS, type GroupName, isHidden, type Layer, mapNode } from './node.ts';
import { checkOptions } from './options.ts';
import { type ConfigPatterns, matcher, PATTERNS } from './patterns.ts';
import { type ConfigTemplate, type Group, INSIDE, type TemplateData } from './template.ts';

/** What a project may set about its configuration: Kedro's `CONFIG_LOADER_ARGS`. */
export interface ConfigLoaderOptions {
  /** How the run's environment meets the base, per group. Default: `destructive` for each. */
  mergeStrategy?: Partial<Record<GroupName, MergeStrategy>> | undefined;
  /** Which files belong to a group, in place of Kedro's own patterns for it. Default: those. */
  configPatterns?: ConfigPatterns | undefined;
  /** The environment that the others are laid over. Default: `base`. */
  baseEnv?: string | undefined;
  /** The environment where none is asked for. Default: `local`. */
  defaultRunEnv?: string | undefined;
}

/** What to read. */
export interface ConfigOptions extends ConfigLoaderOptions {
  /** Absolute path of the project. */
  project: string;
  /** The run's environment, a folder beside `base`. Default: `defaultRunEnv`, whose folder need not exist. */
  env?: string | undefined;
  /** The folder that holds the environments; a relative one is below the project. Default: `conf`. */
  confSource?: string | undefined;
  /** Variables for `${oc.env:…}` in credentials, copied now. Default: those of this process. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** The project's own resolvers: `${name:…}` calls them. Default: none. */
  resolvers?: Resolvers | undefined;
  /** Which groups to read; the others are empty. Default: all. */
  groups?: readonly GroupName[] | undefined;
  /** Whether the default environment too must have a folder, as for Kedro's loader. Default: false. */
  strictEnv?: boolean | undefined;
  /** Read every file whole, in place of what stands under a key when it is first used. Default: false. */
  whole?: boolean | undefined;
}

/**
 * Reads every configuration file of `base` and of the run's environment and merges them. Nothing is read from disk
 * afterwards. What stands under a key at the top of a plain file is parsed when it is first used.
 *
 * Throws `PROJECT_NOT_FOUND`, `PROJECT_SETTINGS_INVALID`, `CONFIG_ENV_NOT_FOUND`, `CONFIG_SYNTAX` or
 * `CONFIG_DUPLICATE_KEY`. A hole that cannot be filled throws only when it is asked for, and so may a `CONFIG_SYNTAX`.
 */
export async function readConfig(options: ConfigOptions): Promise<ConfigTemplate> {
  checkOptions(options);
  const project = resolve(options.project);
  const confSource = resolve(project, options.confSource ?? 'conf');
  const { baseEnv = BASE, defaultRunEnv = DEFAULT_ENV } = options;
  const env = options.env ?? defaultRunEnv;
  const strict = options.strictEnv ?? false;
  await checkFolders({ project, confSource, base: baseEnv, env, byDefault: defaultRunEnv, strict });
  const reading: Reading = { ...options, project, confSource, variables: variablesOf(options) };
  const base = await readEnvironment(reading, baseEnv);
  const own = env === baseEnv ? emptyEnvironment(env) : await readEnvironment(reading, env);
  const groups = Object.fromEntries(
    GROUPS.map((group) => [group, groupOf(group, base, own, options.mergeStrategy?.[group])]),
  ) as Record<GroupName, Group>;
  const { resolvers = {} } = options;
  const data: TemplateData = {
    groups,
    constants: new WeakMap(),
    entries: new Map(),
    environment: reading.variables,
    resolvers: Object.freeze({ ...resolvers }),
  };
  const catalogNames = Object.freeze([...groups.catalog.root.entries.keys()]);
  const template = { env, project, confSource, catalogNames };
  Object.defineProperty(template, INSIDE, { value: Object.freeze(data) });
  return Object.freeze(template) as ConfigTemplate;
}

interface Reading extends ConfigOptions {
  readonly confSource: string;
  readonly variables: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<GroupName, { readonly layer: Layer; readonly files: ReadFile[] }>>;

async function readEnvironment(reading: Reading, env: string): Promise<Environment> {
  const { project, confSource, groups = GROUPS, configPatterns = {}, whole } = reading;
  const folder = join(confSource, env);
  const environment = emptyEnvironment(env);
  const matchers = groups.map((group) => ({ group, matches: matcher(configPatterns[group] ?? PATTERNS[group]) }));
  const most = mostValues(reading.variables);
  for (const path of (await isFolder(folder)) ? await configFiles(folder, confSource) : []) {
    const wanted = matchers.filter(({ matches }) => matches(path));
    if (wanted.length === 0) continue;
    const absolute = join(folder, path);
    const file = relative(project, absolute).split(sep).join('/');
    const text = await readText(absolute, file);
    for (const { group } of wanted) {
      const { layer, files } = environment[group];
      files.push({ file, root: readDocument(text, file, layer, { most, whole }) });
    }
  }
  for (const group of GROUPS) {
    const { layer, files } = environment[group];
    layer.root = mergeFiles(group, files);
    Object.freeze(layer);
  }
  return environment;
}

function groupOf(
  group: GroupName,
  base: Environment,
  own: Environment,
  strategy: MergeStrategy = 'destructive',
): Group {
  const [below, above] = [base[group], own[group]];
  const merged = mergeLayers(below.layer.root, above.layer.root, strategy);
  const visible = new Map([...merged.entries].filter(([key]) => !isHidden(group, key)));
  const files = { base: below.files.length, env: above.files.length };
  return Object.freeze({ base: below.layer, env: above.layer, strategy, root: mapNode(visible), files });
}

function emptyEnvironment(env: string): Environment {
  const empty = (group: GroupName) => ({ layer: { group, env, root: mapNode() }, files: [] });
  return {
    catalog: empty('catalog'),
    parameters: empty('parameters'),
    credentials: empty('credentials'),
    globals: empty('globals'),
  };
}

function variablesOf({ environment = process.env }: ConfigOptions): Readonly<Record<string, string>> {
  const variables = Object.entries(environment).filter(([, value]) => value !== undefined);
  return Object.freeze(Object.fromEntries(variables)) as Readonly<Record<string, string>>;
}

/** OmegaConf's own variable, for files with very many values. */
function mostValues({ OMEGACONF_MAX_YAML_EXPANDED_NODES: written }: Readonly<Record<string, string>>) {
  if (written === undefined) return undefined;
  const most = written.trim().toLowerCase() === 'none' ? Number.POSITIVE_INFINITY : Number(written);
  if (most === Number.POSITIVE_INFINITY || (Number.isInteger(most) && most > 0)) return most;
  throw new PipelineError(
    'PROJECT_SETTINGS_INVALID',
    `The variable OMEGACONF_MAX_YAML_EXPANDED_NODES is "${written}"; it may be a whole number from 1, or "none".`,
  );
}
