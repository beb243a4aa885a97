/**
 * An open project: configuration read, pipelines listed, nothing connected.
 */
import { Connections, createRegistry } from '../catalog/index.ts';
import { type ConfigTemplate, type FillOptions, fillParameters, readConfig } from '../config/index.ts';
import type { JsonObject } from '../core/index.ts';
import { createDispatcher, type HookArguments, type HookDispatcher, type HookName } from '../hooks/index.ts';
import { type ProjectCatalog, projectCatalog } from './catalog.ts';
import type { ResolvedSessionOptions } from './options.ts';
import { listPipelines, type PipelineRegistry } from './pipelines.ts';
import { createPlans, type Plans } from './plans.ts';
import { mergeSettings, type ProjectSettings, readSettings } from './settings.ts';
import { WarmCache } from './warm-cache.ts';

export interface Project {
  /** Absolute. */
  readonly path: string;
  readonly env: string;
  readonly settings: Required<ProjectSettings>;
  readonly config: ConfigTemplate;
  readonly pipelines: PipelineRegistry;
  readonly catalog: ProjectCatalog;
  readonly connections: Connections;
  readonly plans: Plans;
  readonly warm: WarmCache;
  readonly hooks: HookDispatcher;
  parameters(options: FillOptions): JsonObject;
  /** Calls hooks of that name; nothing happens, at once, where there are none. */
  call<K extends HookName>(name: K, args: HookArguments[K]): Promise<unknown> | undefined;
}

/** Opens a project. Throws `PROJECT_NOT_FOUND`, `PROJECT_SETTINGS_INVALID` and the codes of configuration. */
export async function openProject(options: ResolvedSessionOptions, own: ProjectSettings): Promise<Project> {
  const { project: path, env } = options;
  const config = await readConfig({ project: path, env });
  const settings = mergeSettings(await readSettings(path), own);
  const connections = new Connections();
  const catalog = projectCatalog(config, { project: path, connections }, createRegistry([...settings.datasets]));
  const pipelines = await listPipelines(path);
  const hooks = createDispatcher(settings.hooks);
  if (hooks.has('afterContextCreated')) await hooks.call('afterContextCreated', { project: path, env });
  return {
    path,
    env,
    settings,
    config,
    pipelines,
    catalog,
    connections,
    plans: createPlans(pipelines, catalog),
    warm: new WarmCache(),
    hooks,
    parameters: (fill) => fillParameters(config, fill),
    call: (name, args) => (hooks.has(name) ? hooks.call(name, args) : undefined),
  };
}
