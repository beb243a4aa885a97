/** What a session and its threads say to each other. Everything here can be cloned. */
import type { MessagePort } from 'node:worker_threads';
import type {
  DescribeOptions,
  ErrorCode,
  ErrorDetails,
  OutputsReport,
  PreloadOptions,
  PreloadReport,
  ProjectDescription,
  ReleaseReport,
  RunEvent,
  RunProgress,
  RunReport,
  RunRequest,
} from '../../core/index.ts';
import type { NativeSessionOptions } from '../options.ts';

/** An error on its way. */
export type SentError =
  | { kind: 'value'; value: unknown }
  | { kind: 'error'; name: string; message: string; stack: string; cause?: SentError }
  | {
      kind: 'pipeline';
      code: ErrorCode;
      message: string;
      stack: string;
      retryable: boolean;
      details: ErrorDetails;
      cause?: SentError;
    };

/** What is asked of a thread, by name, and what it answers. */
export interface Questions {
  /** Opens the thread's own session; comes first. */
  open: {
    ask: { options: NativeSessionOptions; hasSiblings: boolean; port: MessagePort; shared: Int32Array };
    answer: true;
  };
  describe: { ask: { options: DescribeOptions }; answer: ProjectDescription };
  preload: {
    ask: { id: number; artifacts: string[]; options: Omit<PreloadOptions, 'signal'>; stale: string[] };
    answer: PreloadReport;
  };
  run: { ask: RunQuestion; answer: RunAnswer };
  outputs: { ask: { request: RunRequest }; answer: OutputsReport };
  release: { ask: { artifacts?: string[] }; answer: ReleaseReport };
  close: { ask: object; answer: true };
}

/** One run. The request has its run id and save version. */
export interface RunQuestion {
  id: number;
  request: RunRequest;
  data?: Record<string, unknown>;
  resume?: RunProgress;
  /** Whether somebody listens to events; that something was saved is told in any case. */
  hasEvents: boolean;
  /** Whether no node may start before the events of those that ended are heard. */
  isPaced: boolean;
  hasResults: boolean;
  /** Datasets that other threads have saved since this one was last asked. */
  stale: string[];
}

export interface RunAnswer {
  report: RunReport;
  /** `live.results`: what was returned and can cross. */
  results: [string, unknown][];
}

export type QuestionName = keyof Questions;

/** A question as it is sent. */
export type Task = { [K in QuestionName]: { op: K } & Questions[K]['ask'] }[QuestionName];

/** How it is answered. */
export type Reply = { ok: unknown } | { failed: SentError };

/** From a thread, while it works on run `id`. */
export interface EventMessage {
  id: number;
  event: RunEvent;
}

/** From a thread: it has heard that question `id` is called off, so it does not compute. */
export interface HeardMessage {
  id: number;
  event?: undefined;
}

/** To a thread: question `id` is called off. */
export interface CancelMessage {
  id: number;
  reason: SentError;
}

/** Places in the memory that a session shares with each thread: it is read where no message can arrive. */
export const HEARD = 0;
export const CANCELLED = 1;
export const SHARED_PLACES = 2;

/** Whether the session answers by {@link HEARD} how many of these it has heard of, in a run that is paced. */
export function isPacedEvent({ type }: RunEvent): boolean {
  return type === 'run-started' || type === 'node-finished';
}
