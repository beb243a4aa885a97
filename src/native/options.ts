import path from 'node:path';
import type { ProjectSettings } from './settings.ts';

/** What to open. */
export interface NativeSessionOptions extends ProjectSettings {
  /** The project's folder: it has `conf/`, and `pipelines/` beside it. */
  project: string;
  /** Configuration environment, a folder under `conf`. Default: `KEDRO_ENV`, else `local`. */
  env?: string;
  /** Name of the session in reports. Default: a fresh one. */
  id?: string;
}

export interface ResolvedSessionOptions {
  readonly project: string;
  readonly env: string;
  readonly id: string;
}

/** Fills in defaults. An empty text counts as not given. */
export function resolveOptions(
  options: NativeSessionOptions,
  environment: NodeJS.ProcessEnv,
  newId: () => string,
): ResolvedSessionOptions {
  return {
    project: path.resolve(options.project),
    env: options.env || environment.KEDRO_ENV || 'local',
    id: options.id || newId(),
  };
}
