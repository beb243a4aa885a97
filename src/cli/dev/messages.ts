/** What `dev` and the process that holds the project say to each other. */
import type { SettledServer } from '../server.ts';
import type { WorkerFlags } from '../worker.ts';

/** What the process is to hold. */
export interface HoldOptions {
  flags: WorkerFlags & SettledServer;
  /** Whether it takes runs. */
  worker: boolean;
  /** Port of the page; left out, there is none. */
  port?: number;
  /** Whether the next free port will do where that one is taken. */
  mayMove?: boolean;
  /** Temporal's own page. */
  uiUrl?: string;
  bundleFile: string;
}

/** From `dev`. */
export type Order = { type: 'open'; options: HoldOptions } | { type: 'stop' };

/** What it has opened. */
export interface Opened {
  type: 'opened';
  /** How many pipelines can run, and why others cannot. Left out without a worker. */
  pipelines?: { whole: number; broken: string[] };
  pageUrl?: string;
  /** Why there is no page, where one was asked for. */
  pageError?: string;
}

/** Why it did not open. */
export interface Failed {
  type: 'failed';
  message: string;
  code?: string;
}

/** To `dev`. */
export type News = Opened | Failed;
