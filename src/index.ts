/** Front door: define nodes and pipelines, open a session on a project, run it. */
export {
  type Cell,
  type Dataset,
  type DatasetIo,
  type DatasetType,
  defineDataset,
  defineFileDataset,
  type FileContext,
  importLibrary,
  invalidValue,
  option,
  type Row,
  type StorageContext,
} from './catalog/index.ts';
export {
  type DatasetRef,
  ERROR_CODES,
  type ErrorCode,
  isPipelineError,
  type JsonObject,
  type JsonValue,
  type LiveRun,
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
} from './core/index.ts';
export type { Hooks, RunInfo } from './hooks/index.ts';
export { type HostLog, type KedroSessionOptions, openKedroSession } from './kedro/index.ts';
export { defineSettings, type NativeSessionOptions, openNativeSession, type ProjectSettings } from './native/index.ts';
export { type Node, type NodeOptions, node, type Pipeline, type PipelineOptions, pipeline } from './pipeline/index.ts';
export { type RunContext, runContext } from './runner/index.ts';
