export { closeMatches, suggestion } from './close-matches.ts';
export type {
  Broken,
  DatasetDescription,
  DatasetRef,
  DescribeOptions,
  KedroFacts,
  LiveRun,
  NodeDescription,
  NodeReport,
  OutputsReport,
  PipelineDescription,
  PipelineSession,
  PreloadOptions,
  PreloadReport,
  ProjectDescription,
  ReleaseReport,
  RunEvent,
  RunProgress,
  RunReport,
  RunRequest,
  WarmArtifact,
} from './contract.ts';
export {
  cancelledBy,
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
  isPipelineError,
  messageOf,
  PipelineError,
  sessionClosed,
} from './errors.ts';
export { type FailedDatasets, failedDatasets } from './failed-datasets.ts';
export { freezeDeep, isJson, isPlainObject, type JsonObject, type JsonValue } from './json.ts';
export { isLoopback } from './loopback.ts';
export { addEvent, noProgress } from './progress.ts';
export { takeLive, takeRequest } from './request.ts';
export {
  checkSaveVersion,
  compareVersions,
  isSaveVersion,
  saveVersionAt,
  saveVersionClock,
  saveVersionOf,
} from './run-ids.ts';
export { ownTaskQueueOf, type WorkerAnswer } from './workers.ts';
