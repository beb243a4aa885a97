/**
 * The runs and backfills of a job in the server's list, kept up to date: after the first reading only what has started or ended
 * since is asked for.
 */
import type { Client } from '@temporalio/client';
import { type Execution, executionPages, quoted } from './executions.ts';
import type { ListedInterval } from './interval-states.ts';
import { runStateOf } from './run-handle.ts';

/** What a list holds. */
export interface JobListing {
  /** By the interval's key. */
  readonly runs: ReadonlyMap<string, ListedInterval>;
  /** By id: the newest execution. */
  readonly backfills: ReadonlyMap<string, Execution>;
  /** Keys of runs that have changed since the last reading that came to its end; undefined where all may have. */
  readonly changed: ReadonlySet<string> | undefined;
}

// The list may show an execution later than others that started or ended after it.
const LATE_MS = 10_000;

// The server forgets runs after the namespace's retention.
const ALL_AGAIN_MS = 600_000;

const REASONS = {
  succeeded: ['succeeded', 'RAN'],
  failed: ['failed', 'RUN_FAILED'],
  'timed-out': ['failed', 'RUN_TIMED_OUT'],
  cancelled: ['cancelled', 'RUN_CANCELLED'],
  terminated: ['cancelled', 'RUN_CANCELLED'],
  running: ['running', ''],
} as const;

/** Makes a function that reads the list anew. It throws `SERVER_UNREACHABLE`, and then goes on from where it stood. */
export function jobListing(client: Client, taskQueue: string, job: string): () => Promise<JobListing> {
  const own = new Listing(
    client,
    `TaskQueue = ${quoted(taskQueue)} AND WorkflowId STARTS_WITH ${quoted(`${job}/`)}`,
    job,
  );
  return () => own.read();
}

class Listing {
  readonly #client: Client;
  readonly #query: string;
  readonly #job: string;
  #runs = new Map<string, ListedInterval>();
  #backfills = new Map<string, Execution>();
  #changed = new Set<string>();
  // A reading that fails in the middle has seen some of the newest, and not all that is older: the next asks from where the
  // last whole one stood.
  /** The latest start or end as of the last whole reading, milliseconds since the epoch. */
  #latest = 0;
  #latestSeen = 0;
  #readAt = 0;
  #allReadAt = 0;
  #newsAt = 0;

  constructor(client: Client, query: string, job: string) {
    this.#client = client;
    this.#query = query;
    this.#job = job;
  }

  async read(): Promise<JobListing> {
    const now = Date.now();
    const isAll = this.#latest === 0 || now - this.#allReadAt > ALL_AGAIN_MS;
    if (isAll) await this.#readAll();
    else await this.#readSince();
    const changed = this.#changed;
    this.#changed = new Set();
    this.#latest = this.#latestSeen;
    this.#readAt = now;
    return { runs: this.#runs, backfills: this.#backfills, changed: isAll ? undefined : changed };
  }

  async #readAll(): Promise<void> {
    const [runs, backfills] = [this.#runs, this.#backfills];
    this.#runs = new Map();
    this.#backfills = new Map();
    try {
      await this.#list(this.#query);
      this.#allReadAt = Date.now();
    } catch (error) {
      [this.#runs, this.#backfills] = [runs, backfills];
      throw error;
    }
  }

  async #readSince(): Promise<void> {
    // Where there was nothing new for a while at the last reading, nothing is late any more.
    const isQuiet = this.#readAt - this.#newsAt > LATE_MS;
    const since = quoted(new Date(this.#latest + (isQuiet ? 1 : -LATE_MS)).toISOString());
    await this.#list(`${this.#query} AND (StartTime >= ${since} OR CloseTime >= ${since})`);
  }

  async #list(query: string): Promise<void> {
    for await (const page of executionPages(this.#client, query)) {
      for (const each of page) {
        if (each.type === 'backfill') this.#noteBackfill(each);
        else if (each.type === 'runJob') this.#noteRun(each);
        // What a schedule starts, or somebody under such an id, is no run of an interval.
        else this.#noteTimes(each);
      }
    }
  }

  #noteBackfill(each: Execution): void {
    this.#noteTimes(each);
    const known = this.#backfills.get(each.workflowId);
    if (known === undefined || known.startTime <= each.startTime) this.#backfills.set(each.workflowId, each);
  }

  #noteRun(each: Execution): void {
    this.#noteTimes(each);
    const key = each.workflowId.slice(this.#job.length + 1);
    // Schedules' starts, questions about outputs.
    if (key.includes('/')) return;
    const at = each.startTime.getTime();
    const known = this.#runs.get(key);
    if (known !== undefined && known.at > at) return;
    const [state, reason] = REASONS[runStateOf(each.status)];
    if (known !== undefined && known.at === at && known.state === state) return;
    const parent = each.parent?.workflowId;
    this.#runs.set(key, { at, state, reason, ...(parent === undefined ? {} : { parent }) });
    this.#changed.add(key);
  }

  #noteTimes({ startTime, closeTime }: Execution): void {
    const at = (closeTime ?? startTime).getTime();
    if (at <= this.#latestSeen) return;
    this.#latestSeen = at;
    this.#newsAt = Date.now();
  }
}
