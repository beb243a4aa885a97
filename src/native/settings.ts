/**
 * A project's own settings, the twin of Kedro's `settings.py`: `settings.ts` beside `conf/`, default export
 * `defineSettings({…})`. A project without the file has the defaults.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { DatasetType } from '../catalog/index.ts';
import { isPlainObject, messageOf, PipelineError, suggestion } from '../core/index.ts';
import type { Hooks } from '../hooks/index.ts';
import { loadDefault, MODULE_ENDINGS } from './load-module.ts';

/** What a project may set; every field is optional. */
export interface ProjectSettings {
  /** Called around every run, in this order. Default: none. */
  hooks?: readonly Hooks[];
  /** Dataset types of the project's own, beside the built-in ones. Default: none. */
  datasets?: readonly DatasetType[];
  /** Runtime params that may fill a path with `..`, an absolute path or a URL. Default: none. */
  allowUnsafeParams?: readonly string[];
}

/** How one setting is checked, defaulted and merged: lists are added up, mappings laid over, a value replaced. */
type Field = { kind: 'list'; none: readonly [] } | { kind: 'mapping'; none: Readonly<Record<string, never>> };

const LIST = { kind: 'list', none: [] } as const satisfies Field;

const FIELDS = { hooks: LIST, datasets: LIST, allowUnsafeParams: LIST } as const satisfies Record<
  keyof ProjectSettings,
  Field
>;

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
  for (const [name, { kind }] of Object.entries(FIELDS) as [string, Field][]) {
    const value = settings[name];
    const fits = kind === 'list' ? Array.isArray(value) : isPlainObject(value);
    if (value !== undefined && !fits) throw invalid(file, `its "${name}" is not a ${kind}.`);
  }
  return settings as ProjectSettings;
}

/** The file's settings with the caller's added, defaults filled in. */
export function mergeSettings(file: ProjectSettings, own: ProjectSettings): Required<ProjectSettings> {
  const merged = (Object.entries(FIELDS) as [keyof ProjectSettings, Field][]).map(([name, { kind, none }]) => {
    const [a, b] = [file[name] ?? none, own[name] ?? none];
    return [name, kind === 'list' ? [...(a as unknown[]), ...(b as unknown[])] : { ...a, ...b }];
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
