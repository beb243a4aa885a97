/**
 * A project's datasets: configuration's entries, filled for a run, opened as the catalog's datasets. Entries that do not
 * depend on runtime params are opened once and shared; the rest are opened per run, which connects to nothing.
 */
import {
  type CatalogTools,
  type Dataset,
  type DatasetDefinition,
  type DatasetRegistry,
  fillPlaceholders,
  matchFactory,
  openDataset,
} from '../catalog/index.ts';
import { type ConfigTemplate, describeEntry, type FillOptions, fillEntry } from '../config/index.ts';
import { type JsonObject, PipelineError, suggestion } from '../core/index.ts';

/** A dataset as one run sees it. */
export interface OpenDataset {
  readonly dataset: Dataset;
  /** Equal for equal filled definitions; what warm artifacts are kept under. */
  key(): string;
}

export interface ProjectCatalog {
  readonly names: readonly string[];
  /** Whether the catalog (an entry or a factory) keeps that name in storage rather than in memory. */
  isStored(name: string): boolean;
  /** Throws `DATASET_TYPE_UNKNOWN` for an entry, as the catalog writes its name, whose type no run could open. */
  checkType(written: string): void;
  /** Throws `DATASET_NOT_FOUND`, and what filling and opening throw. */
  open(name: string, options: FillOptions): OpenDataset;
}

interface Entry {
  /** Key of the catalog: the name itself or a factory's pattern. */
  readonly written: string;
  readonly placeholders?: Record<string, string>;
}

// As a run's memory holds it: an opened MemoryDataset would be shared by all runs of the session.
const MEMORY = /^(?:kedro\.io\.|kedro_datasets\.)?MemoryDataset$/;

/** Makes the catalog of a session. */
export function projectCatalog(config: ConfigTemplate, tools: CatalogTools, registry: DatasetRegistry): ProjectCatalog {
  const exact = new Set(config.catalogNames.filter((name) => !name.includes('{')));
  const patterns = config.catalogNames.filter((name) => name.includes('{'));
  const entries = new Map<string, Entry | undefined>();
  const shared = new WeakMap<JsonObject, Map<string, OpenDataset>>();

  const entryOf = (name: string): Entry | undefined => {
    if (!entries.has(name)) entries.set(name, findEntry(name, exact, patterns));
    return entries.get(name);
  };
  return {
    names: config.catalogNames,
    isStored(name) {
      const entry = entryOf(name);
      return entry !== undefined && !MEMORY.test(describeEntry(config, entry.written).type ?? '');
    },
    checkType(written) {
      const { type = '' } = describeEntry(config, written);
      if (type !== '' && !/[{}]/.test(type)) registry.find(type, written);
    },
    open(name, options) {
      const entry = entryOf(name);
      if (entry === undefined) {
        throw new PipelineError(
          'DATASET_NOT_FOUND',
          `The catalog has no dataset "${name}".${suggestion(name, exact)}`,
          {
            details: { dataset: name },
          },
        );
      }
      // The filled definition is the same object as long as nothing in it depends on the run.
      const filled = fillEntry(config, entry.written, options);
      const opened = shared.get(filled) ?? new Map<string, OpenDataset>();
      const known = opened.get(name) ?? openOne(name, entry, filled, tools, registry);
      shared.set(filled, opened.set(name, known));
      return known;
    },
  };
}

function findEntry(name: string, exact: ReadonlySet<string>, patterns: readonly string[]): Entry | undefined {
  if (exact.has(name)) return { written: name };
  const match = matchFactory(name, patterns);
  return match === undefined ? undefined : { written: match.pattern, placeholders: match.placeholders };
}

function openOne(
  name: string,
  entry: Entry,
  filled: JsonObject,
  tools: CatalogTools,
  registry: DatasetRegistry,
): OpenDataset {
  const definition = entry.placeholders === undefined ? filled : fillPlaceholders(filled, entry.placeholders);
  let key: string | undefined;
  return {
    dataset: openDataset(name, definition as DatasetDefinition, tools, registry),
    key: () => {
      key ??= JSON.stringify(definition);
      return key;
    },
  };
}
