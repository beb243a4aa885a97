/**
 * A project's own settings, the twin of Kedro's `settings.py`: `settings.ts` beside `conf/`, default export
 * `defineSettings({…})`. A project without the file has the defaults.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DatasetType, FileStore } from '../catalog/index.ts';
import type { ConfigLoaderOptions, Resolvers } from '../config/index.ts';
import { isPlainObject, messageOf, PipelineError, suggestion } from '../core/index.ts';
import type { Hooks } from '../hooks/index.ts';
import { loadDefault, MODULE_ENDINGS } from './load-module.ts';
import type { WarmSettings } from './warm-limit.ts';

/** What a project may set; every field is optional. */
export interface ProjectSettings {
  /** Called around every run, in this order. Default: none. */
  hooks?: readonly Hooks[];
  /** Dataset types of the project's own, beside the built-in ones. Default: none. */
  datasets?: readonly DatasetType[];
  /** File stores of the project's own, beside local files and S3; see `defineFileStore`. Default: none. */
  fileStores?: readonly FileStore[];
  /** How `conf/` is read: Kedro's `CONFIG_LOADER_ARGS`. Default: as Kedro does. */
  configLoader?: ConfigLoaderOptions;
  /** Functions for `${name:…}` in configuration, called again for each run: Kedro's `custom_resolvers`. Default: none. */
  resolvers?: Resolvers;
  /** Runtime params that may fill a path with `..`, an absolute path or a URL. Default: none. */
  allowUnsafeParams?: readonly string[];
  /**
   * Schemas (zod, or any library of Standard Schema) by parameter: `model_options`, `model_options.test_size`, or `parameters`
   * for all of them. Before its first node a run holds the parameters that its nodes use against them, and nodes get what the
   * schemas return; a misfit is `PARAMETER_INVALID`. Default: none.
   */
  parameterSchemas?: Readonly<Record<string, StandardSchemaV1>>;
  /** `concurrent`: the nodes of a run that are ready run side by side. Default: `sequential`. */
  runner?: 'sequential' | 'concurrent';
  /** Most nodes of one run at a time, under the concurrent runner. Default: 4. */
  maxConcurrency?: number;
  /** Artifacts that stay in memory: how much of it they may take. Default: no limit. */
  warm?: WarmSettings;
}

/** How one setting is checked, defaulted and merged: lists are added up, mappings laid over, a value replaced. */
type Field =
  | { kind: 'list'; none: readonly [] }
  | { kind: 'mapping'; none: Readonly<Record<string, never>> }
  | { kind: 'value'; none: unknown; says: string; fits: (value: unknown) => boolean };

const LIST = { kind: 'list', none: [] } as const satisfies Field;

const RUNNER = {
  kind: 'value',
  none: 'sequential',
  says: '"sequential" or "concurrent"',
  fits: (value) => value === 'sequential' || value === 'concurrent',
} as const satisfies Field;

const MAX_CONCURRENCY = {
  kind: 'value',
  none: 4,
  says: 'a whole number from 1',
  fits: (value) => Number.isInteger(value) && (value as number) >= 1,
} as const satisfies Field;

const MAPPING = { kind: 'mapping', none: {} } as const satisfies Field;

const FIELDS = {
  hooks: LIST,
  datasets: LIST,
  fileStores: LIST,
  configLoader: MAPPING,
  resolvers: MAPPING,
  allowUnsafeParams: LIST,
  runner: RUNNER,
  maxConcurrency: MAX_CONCURRENCY,
  parameterSchemas: MAPPING,
  warm: MAPPING,
} as const satisfies Record<keyof ProjectSettings, Field>;

/** Types a project's settings; returns them unchanged. */
export function defineSettings(settings: ProjectSettings): ProjectSettings {
  return settings;
}

/** Reads `<project>/settings.ts` (or `.mts`, `.js`, `.mjs`). Throws `PROJECT_SETTINGS_INVALID`. */
export async function readSettings(project: string): Promise<ProjectSettings> {
  const file = await settingsFile(project);
  if (file === undefined) return {};
  const settings = await importSettings(file);
  const unknown = Object.keys(settings).find((key) => !Object.hasOwn(FIELDS, key));
  if (unknown !== undefined)
    throw invalid(file, `it sets "${unknown}", which is unknown.${suggestion(unknown, Object.keys(FIELDS))}`);
  for (const [name, field] of Object.entries(FIELDS) as [string, Field][]) {
    if (!fits(field, settings[name])) throw invalid(file, `its "${name}" is not ${shapeOf(field)}.`);
  }
  return settings as ProjectSettings;
}

function fits(field: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.kind === 'value') return field.fits(value);
  return field.kind === 'list' ? Array.isArray(value) : isPlainObject(value);
}

function shapeOf(field: Field): string {
  return field.kind === 'value' ? field.says : `a ${field.kind}`;
}

/** The file's settings with the caller's added, defaults filled in. Throws `PROJECT_SETTINGS_INVALID` for the caller's. */
export function mergeSettings(file: ProjectSettings, own: ProjectSettings): Required<ProjectSettings> {
  const merged = (Object.entries(FIELDS) as [keyof ProjectSettings, Field][]).map(([name, field]) => {
    if (!fits(field, own[name])) {
      throw new PipelineError('PROJECT_SETTINGS_INVALID', `The option "${name}" is not ${shapeOf(field)}.`);
    }
    if (field.kind === 'value') return [name, own[name] ?? file[name] ?? field.none];
    const [a, b] = [file[name] ?? field.none, own[name] ?? field.none];
    return [
      name,
      field.kind === 'list' ? [...(a as unknown[]), ...(b as unknown[])] : { ...(a as object), ...(b as object) },
    ];
  });
  return Object.fromEntries(merged) as Required<ProjectSettings>;
}

async function settingsFile(project: string): Promise<string | undefined> {
  for (const ending of MODULE_ENDINGS) {
    const file = path.join(project, `settings${ending}`);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

async function importSettings(file: string): Promise<Record<string, unknown>> {
  let loaded: unknown;
  try {
    loaded = await loadDefault(file);
  } catch (cause) {
    throw invalid(file, `it does not import: ${messageOf(cause)}`, cause);
  }
  if (!isPlainObject(loaded)) throw invalid(file, 'its default export is not what defineSettings({…}) returns.');
  return loaded;
}

function invalid(file: string, why: string, cause?: unknown): PipelineError {
  return new PipelineError('PROJECT_SETTINGS_INVALID', `${path.basename(file)} cannot be used: ${why}`, {
    cause,
    details: { file },
  });
}
