/**
 * A project's datasets: configuration's entries, filled for a run, opened as the catalog's datasets. Entries that do not
 * depend on runtime params are opened once and shared; the rest are opened per run, which connects to nothing.
 */
import {
  type CopyMode,
  type Dataset,
  type DatasetDefinition,
  type DatasetRegistry,
  factoryMatcher,
  fillPlaceholders,
  hasPlaceholder,
  isFactory,
  openDataset,
  type SessionTools,
} from '../catalog/index.ts';
import { type ConfigTemplate, describeEntry, type FillOptions, fillEntry } from '../config/index.ts';
import { isPipelineError, type JsonObject, PipelineError, suggestion } from '../core/index.ts';

/** A dataset as one run sees it. */
export interface OpenDataset {
  readonly dataset: Dataset;
  /** How a value that the run keeps in memory is handed on. */
  readonly copyMode: CopyMode;
  /** Whether the run reads it once. */
  readonly isCached: boolean;
  /** Equal for equal filled definitions; what warm artifacts are kept under. */
  key(): string;
}

export interface ProjectCatalog {
  readonly names: readonly string[];
  /** Whether the catalog (an entry or a factory) keeps that name in storage rather than in memory. */
  isStored(name: string): boolean;
  /** Whether a value in memory has an entry that may say more than `MemoryDataset`: a copy mode, or what it may not say. */
  isDeclared(name: string): boolean;
  /** Throws `DATASET_TYPE_UNKNOWN` or `DATASET_INVALID` for an entry, as the catalog writes its name, that no run could open. */
  checkType(written: string): void;
  /** The filled entry, a factory's placeholders in place; undefined for a name that has none. Throws what filling throws. */
  definition(name: string, options: FillOptions): JsonObject | undefined;
  /** Throws `DATASET_NOT_FOUND`, and what filling and opening throw. */
  open(name: string, options: FillOptions): OpenDataset;
}

interface Entry {
  /** Key of the catalog: the name itself or a factory's pattern. */
  readonly written: string;
  readonly placeholders?: Record<string, string>;
}

// As a run's memory holds it: an opened MemoryDataset would be shared by all runs of the session.
const MEMORY = /^(?:kedro\.io\.(?:memory_dataset\.)?|kedro_datasets\.)?MemoryDataset$/;

/** Makes the catalog of a session. */
export function projectCatalog(config: ConfigTemplate, tools: SessionTools, registry: DatasetRegistry): ProjectCatalog {
  const exact = new Set(config.catalogNames.filter((name) => !isFactory(name)));
  const match = factoryMatcher(config.catalogNames.filter(isFactory));
  const entries = new Map<string, Entry | undefined>();
  const shared = new WeakMap<JsonObject, Map<string, OpenDataset>>();

  const findEntry = (name: string): Entry | undefined => {
    if (exact.has(name)) return { written: name };
    const found = match(name);
    return found === undefined ? undefined : { written: found.pattern, placeholders: found.placeholders };
  };
  const entryOf = (name: string): Entry | undefined => {
    if (!entries.has(name)) entries.set(name, findEntry(name));
    return entries.get(name);
  };
  const isMemory = (entry: Entry): boolean => {
    const { type = '' } = describeEntry(config, entry.written);
    return MEMORY.test(entry.placeholders === undefined ? type : filledType(type, entry.placeholders));
  };
  return {
    names: config.catalogNames,
    isStored(name) {
      const entry = entryOf(name);
      return entry !== undefined && !isMemory(entry);
    },
    isDeclared(name) {
      const entry = entryOf(name);
      return entry !== undefined && isMemory(entry) && !isPlainMemory(config, entry.written);
    },
    checkType(written) {
      if (isFactory(written) && !hasPlaceholder(written)) throw noFactory(written);
      const { type = '' } = describeEntry(config, written);
      if (type !== '' && !/[{}]/.test(type)) registry.find(type, written);
    },
    definition(name, options) {
      const entry = entryOf(name);
      return entry === undefined ? undefined : definitionOf(entry, fillEntry(config, entry.written, options));
    },
    open(name, options) {
      const entry = entryOf(name);
      if (entry === undefined) throw notFound(name, exact);
      // The filled definition is the same object as long as nothing in it depends on the run.
      const filled = fillEntry(config, entry.written, options);
      const opened = shared.get(filled) ?? new Map<string, OpenDataset>();
      const known = opened.get(name) ?? openOne(name, entry, filled, tools, registry);
      shared.set(filled, opened.set(name, known));
      return known;
    },
  };
}

// Only what the name tells: holes that a run fills are still there.
function filledType(type: string, placeholders: Readonly<Record<string, string>>): string {
  return type.replace(/\{([^{}]*)\}/g, (hole, name: string) => placeholders[name] ?? hole);
}

// An entry that depends on the run is filled anew each time: then only the run can tell.
function isPlainMemory(config: ConfigTemplate, written: string): boolean {
  try {
    const filled = fillEntry(config, written);
    if (fillEntry(config, written) !== filled) return false;
    return Object.entries(filled).every(
      ([key, value]) =>
        key === 'type' || key === 'metadata' || (key === 'copy_mode' && (value ?? 'assign') === 'assign'),
    );
  } catch (error) {
    if (isPipelineError(error)) return false;
    throw error;
  }
}

function openOne(
  name: string,
  entry: Entry,
  filled: JsonObject,
  tools: SessionTools,
  registry: DatasetRegistry,
): OpenDataset {
  if (name.split('@').length > 2) throw tooManyWays(name);
  const definition = definitionOf(entry, filled);
  const dataset = openDataset(name, definition as DatasetDefinition, tools, registry);
  let key: string | undefined;
  return {
    dataset,
    copyMode: (definition.copy_mode as CopyMode | null | undefined) ?? 'assign',
    isCached: dataset.type === 'CachedDataset',
    key: () => {
      key ??= JSON.stringify(definition);
      return key;
    },
  };
}

function definitionOf({ placeholders }: Entry, filled: JsonObject): JsonObject {
  return placeholders === undefined ? filled : fillPlaceholders(filled, placeholders);
}

function notFound(name: string, known: Iterable<string>): PipelineError {
  return new PipelineError('DATASET_NOT_FOUND', `The catalog has no dataset "${name}".${suggestion(name, known)}`, {
    details: { dataset: name },
  });
}

function noFactory(written: string): PipelineError {
  return new PipelineError(
    'DATASET_INVALID',
    `The catalog entry "${written}" is no dataset factory, so no dataset is called that: placeholders look like {name}.`,
    { details: { dataset: written } },
  );
}

function tooManyWays(name: string): PipelineError {
  return new PipelineError(
    'DATASET_INVALID',
    `The dataset "${name}" has more than one "@"; what follows the only one says how it is loaded and saved: "table@pandas".`,
    { details: { dataset: name } },
  );
}
