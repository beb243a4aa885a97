/**
 * Front door: define nodes, pipelines and dataset types, open a session on a project, run it.
 *
 * @module kedro-temporal
 */
import type { BackfillOptions, BackfillPlan, LiveBackfill, LocalBackfill } from './backfill/index.ts';
import type { PipelineSession } from './core/index.ts';

export type {
  BackfillHandle,
  BackfillOptions,
  BackfillPlan,
  BackfillProgress,
  BackfillReport,
  LiveBackfill,
  LocalBackfill,
} from './backfill/index.ts';
export {
  type CatalogTools,
  type Cell,
  type Connections,
  type Dataset,
  type DatasetDefinition,
  type DatasetIo,
  type DatasetType,
  defineDataset,
  defineFileDataset,
  defineFileStore,
  type FileContext,
  type FileFormat,
  type FileStore,
  type FileStoreContext,
  type FileStoreSettings,
  type FileWrite,
  type FileWriteContext,
  importLibrary,
  invalidValue,
  type ListedFile,
  type LoadPartition,
  notSavedYet,
  type OptionRule,
  type OptionRules,
  type OptionValues,
  option,
  type Partitions,
  type Row,
  type Storage,
  type StorageContext,
  type StorageMethods,
  type StoredFile,
  type StoreFailure,
  type StoreMethods,
} from './catalog/index.ts';
export {
  type Broken,
  type DatasetDescription,
  type DatasetRef,
  type DescribeOptions,
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  isPipelineError,
  type JsonObject,
  type JsonValue,
  type KedroFacts,
  type LiveRun,
  type NodeDescription,
  type NodeReport,
  type OutputsReport,
  type PipelineDescription,
  PipelineError,
  type PipelineSession,
  type PreloadOptions,
  type PreloadReport,
  type ProjectDescription,
  type ReleaseReport,
  type RunEvent,
  type RunProgress,
  type RunReport,
  type RunRequest,
  type WarmArtifact,
} from './core/index.ts';
export type { HookArguments, HookName, Hooks, RunInfo } from './hooks/index.ts';
export { type HostLog, type KedroSessionOptions, openKedroSession } from './kedro/index.ts';
export {
  type ConfigLoaderOptions,
  type ConfigPatterns,
  defineSettings,
  type GroupName,
  type MergeStrategy,
  type NativeSessionOptions,
  openNativeSession,
  type ProjectSettings,
  type Resolver,
  type Resolvers,
  type WarmSettings,
} from './native/index.ts';
export {
  type InputsAsked,
  type InputsFor,
  type NameMapping,
  type Node,
  type NodeFunction,
  type NodeInputs,
  type NodeOptions,
  type NodeOutputs,
  node,
  type OutputsFor,
  type Pipeline,
  type PipelineOptions,
  pipeline,
  type ReuseOptions,
} from './pipeline/index.ts';
export { type RunContext, runContext } from './runner/index.ts';

/**
 * Runs a backfill on a session, without a server: the same intervals, run ids, save versions, order, policies, retries and
 * outcomes as a durable one. Starts at once and remembers nothing: another call runs all intervals again, unless
 * `skip: 'existing'` finds their data. Throws `REQUEST_INVALID` for what only a server knows (`skip` by past runs,
 * `untilLive`, jobs that wait for others), and what dates throw.
 */
export async function backfillLocally(
  session: PipelineSession,
  options: BackfillOptions,
  live?: LiveBackfill,
): Promise<LocalBackfill> {
  return await (await backfills()).backfillLocally(session, options, live);
}

/** What {@link backfillLocally} would do: its intervals, and those it would leave out. Changes nothing; throws the same. */
export async function planBackfillLocally(session: PipelineSession, options: BackfillOptions): Promise<BackfillPlan> {
  return await (await backfills()).planBackfillLocally(session, options);
}

// Loaded when it is first needed: it brings time-zone arithmetic, for which every file with a pipeline would wait.
function backfills() {
  return import('./backfill/index.ts');
}
