import { type ErrorCode, isPipelineError } from '../core/index.ts';

/** What a command's exit status says. */
export const EXIT = { done: 0, runFailed: 1, wrongInput: 2, noServer: 3, detached: 130 } as const;

const NO_SERVER: readonly ErrorCode[] = [
  'SERVER_UNREACHABLE',
  'WORKER_UNREACHABLE',
  'TEMPORAL_CLI_NOT_FOUND',
  'DEV_SERVER_FAILED',
];
const RUN_FAILED: readonly ErrorCode[] = [
  'NODE_FAILED',
  'NODE_OUTPUT_INVALID',
  'HOOK_FAILED',
  'RUN_FAILED',
  'RUN_TIMED_OUT',
  'RUN_CANCELLED',
  'SESSION_CLOSED',
  'THREAD_DIED',
  'HOST_DIED',
  'HOST_FAILED',
  'DATASET_LOAD_FAILED',
  'DATASET_SAVE_FAILED',
  'DATASET_NOT_SAVED_YET',
  'DATASET_VALUE_INVALID',
  'VERSION_EXISTS',
  'OUTPUT_NOT_JSON',
];

/** The exit status for `error`. */
export function exitCodeOf(error: unknown): number {
  if (!isPipelineError(error)) return EXIT.runFailed;
  if (NO_SERVER.includes(error.code)) return EXIT.noServer;
  return RUN_FAILED.includes(error.code) ? EXIT.runFailed : EXIT.wrongInput;
}
