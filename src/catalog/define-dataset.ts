/** A dataset that is no single file: a query, a table of a database, a service. */
import { PipelineError } from '../core/index.ts';
import type { CatalogTools, Dataset, DatasetDefinition, DatasetIo, DatasetType } from './dataset.ts';
import { guarded, readOnly } from './failures.ts';
import { anything, checkOptions, type OptionRules, type OptionValues, required, text } from './options.ts';

/** What a storage gets when an entry is opened. */
export interface StorageContext<O extends OptionRules> extends CatalogTools {
  /** The dataset's name, for messages. */
  readonly dataset: string;
  readonly options: OptionValues<O>;
  /** The entry's `credentials`, as configured. */
  readonly credentials: unknown;
}

/** What an opened entry can do. */
export interface StorageMethods {
  /** As configured, for reports. */
  readonly filepath?: string | undefined;
  /** Shown in messages: where the data is. Default: the type's name. */
  readonly place?: string | undefined;
  load(signal: AbortSignal | undefined): Promise<unknown>;
  /** Must be all or nothing. Leave it out for a dataset that can only be read. */
  save?(value: unknown, signal: AbortSignal | undefined): Promise<void>;
  exists(signal: AbortSignal | undefined): Promise<boolean>;
  /** A short text that changes when the content does. */
  fingerprint(signal: AbortSignal | undefined): Promise<string>;
  /** Whether trying again may help after `error`. Default: no for a `SyntaxError`, else yes. */
  retryable?(error: unknown): boolean;
}

/** A kind of storage. */
export interface Storage<O extends OptionRules> {
  /** As catalogs write it, such as `my.TableDataset`. */
  type: string;
  /** What an entry may have besides `type`, `credentials` and `metadata`. */
  options: O;
  /** Must reach nothing: connect at the first load or save, through `context.connections`. May throw `DATASET_INVALID`. */
  open(context: StorageContext<O>): StorageMethods;
}

/** A dataset type for a kind of storage. It has no versions. */
export function defineDataset<const O extends OptionRules>(storage: Storage<O>): DatasetType {
  return Object.freeze({
    name: storage.type,
    open: (dataset: string, definition: DatasetDefinition, tools: CatalogTools) => {
      const options: OptionValues<O> = checkOptions(dataset, { ...storage.options, ...ENTRY }, definition);
      const methods = storage.open({ ...tools, dataset, options, credentials: definition.credentials });
      return Object.freeze(storageDataset(storage.type, dataset, methods));
    },
  });
}

const ENTRY = { type: required(text()), credentials: anything(), metadata: anything() };

function storageDataset(type: string, dataset: string, methods: StorageMethods): Dataset {
  const operation = (verb: 'load' | 'save', signal: AbortSignal | undefined) => ({
    verb,
    dataset,
    place: methods.place ?? type,
    signal,
    ...(methods.retryable === undefined ? {} : { retryable: (error: unknown) => methods.retryable?.(error) ?? true }),
  });
  const reading = async <T>(io: DatasetIo | undefined, work: (signal: AbortSignal | undefined) => Promise<T>) => {
    refuseVersion(dataset, io);
    return guarded(operation('load', io?.signal), () => work(io?.signal));
  };
  return {
    type,
    ...(methods.filepath === undefined ? {} : { filepath: methods.filepath }),
    versioned: false,
    readOnly: methods.save === undefined,
    load: (io) => reading(io, (signal) => methods.load(signal)),
    save: async (value, io) => {
      if (methods.save === undefined) throw readOnly(dataset);
      refuseVersion(dataset, io);
      await guarded(operation('save', io?.signal), async () => methods.save?.(value, io?.signal));
    },
    exists: (io) => reading(io, (signal) => methods.exists(signal)),
    newestVersion: async () => undefined,
    fingerprint: (io) => reading(io, (signal) => methods.fingerprint(signal)),
  };
}

function refuseVersion(dataset: string, io: DatasetIo | undefined): void {
  if (io?.version === undefined) return;
  throw new PipelineError(
    'VERSION_INVALID',
    `The dataset "${dataset}" has no versions, so it has no version "${io.version}".`,
    { details: { dataset, version: io.version } },
  );
}
