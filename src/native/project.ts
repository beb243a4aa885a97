/**
 * An open project: configuration read, pipelines listed, nothing connected.
 */
import { Connections, createRegistry } from '../catalog/index.ts';
import { type ConfigTemplate, type FillOptions, fillParameters, readConfig } from '../config/index.ts';
import type { JsonObject } from '../core/index.ts';
import {
  createDispatcher,
  type HookArguments,
  type HookDispatcher,
  type HookGuard,
  type HookName,
} from '../hooks/index.ts';
import { type ProjectCatalog, projectCatalog } from './catalog.ts';
import type { ResolvedSessionOptions } from './options.ts';
import { type ParameterSchemas, parameterSchemas } from './parameter-schemas.ts';
import { listPipelines, type PipelineRegistry } from './pipelines.ts';
import { createPlans, type Plans } from './plans.ts';
import { mergeSettings, type ProjectSettings, readSettings } from './settings.ts';
import { WarmCache } from './warm-cache.ts';
import { memoryLimitOf } from './warm-limit.ts';

export interface Project {
  /** Absolute. */
  readonly path: string;
  readonly env: string;
  readonly settings: Required<ProjectSettings>;
  /** Undefined where the project has none. */
  readonly schemas: ParameterSchemas | undefined;
  readonly config: ConfigTemplate;
  readonly pipelines: PipelineRegistry;
  readonly catalog: ProjectCatalog;
  readonly connections: Connections;
  readonly plans: Plans;
  readonly warm: WarmCache;
  readonly hooks: HookDispatcher;
  /** How long hooks that hear of a failure may go on after a cancel. */
  readonly cancelGraceMs: number;
  /** All of them, or those keys of the top level. */
  parameters(options: FillOptions, only?: ReadonlySet<string>): JsonObject;
  /** Calls hooks of that name; nothing happens, at once, where there are none. */
  call<K extends HookName>(name: K, args: HookArguments[K], guard: HookGuard): Promise<unknown> | undefined;
}

/** Opens a project. Throws `PROJECT_NOT_FOUND`, `PROJECT_SETTINGS_INVALID` and the codes of configuration. */
export async function openProject(
  options: ResolvedSessionOptions,
  own: ProjectSettings,
  hasSiblings: boolean,
): Promise<Project> {
  const { project: path, env: asked, confSource } = options;
  const settings = mergeSettings(await readSettings(path), own);
  const { configLoader, resolvers } = settings;
  const config = await readConfig({ ...configLoader, resolvers, project: path, env: asked, confSource });
  const { env } = config;
  const connections = new Connections();
  const catalog = projectCatalog(
    config,
    { project: path, connections, fileStores: settings.fileStores, hasSiblings },
    createRegistry([...settings.datasets]),
  );
  const pipelines = await listPipelines(path);
  const hooks = createDispatcher(settings.hooks);
  if (hooks.has('afterContextCreated')) await hooks.call('afterContextCreated', { project: path, env });
  return {
    path,
    env,
    settings,
    schemas: parameterSchemas(settings.parameterSchemas),
    config,
    pipelines,
    catalog,
    connections,
    plans: createPlans(pipelines, catalog),
    warm: new WarmCache(memoryLimitOf(settings.warm)),
    hooks,
    cancelGraceMs: options.cancelGraceMs,
    parameters: (fill, only) => fillParameters(config, fill, only),
    call: (name, args, guard) => (hooks.has(name) ? hooks.call(name, args, guard) : undefined),
  };
}
