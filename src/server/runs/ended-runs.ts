import type { DirectRun } from './direct-run.ts';

const MOST_RUNS = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The runs that ended last, as many as there is room for. */
export class EndedRuns {
  readonly #runs = new Map<string, { run: DirectRun; bytes: number }>();
  #bytes = 0;

  get(runId: string): DirectRun | undefined {
    return this.#runs.get(runId)?.run;
  }

  /** Never throws: nobody waits for it. */
  add(run: DirectRun): void {
    this.#drop(run.runId);
    run.forget();
    const bytes = bytesOf(run);
    this.#runs.set(run.runId, { run, bytes });
    this.#bytes += bytes;
    while (this.#runs.size > MOST_RUNS || this.#bytes > MOST_BYTES) {
      const [oldest] = this.#runs.keys();
      if (oldest === undefined) return;
      this.#drop(oldest);
    }
  }

  #drop(runId: string): void {
    const known = this.#runs.get(runId);
    if (known === undefined) return;
    this.#bytes -= known.bytes;
    this.#runs.delete(runId);
  }
}

// Close enough: what is large is what callers sent and nodes made.
function bytesOf({ outcome, request, events, isNamed }: DirectRun): number {
  const hasValues = isNamed && outcome !== undefined && 'report' in outcome;
  const values = hasValues ? lengthOf(outcome.report.outputs) : 0;
  return 1_000 + 100 * events.length + 2 * (lengthOf(request.runtimeParams ?? {}) + values);
}

const UNKNOWN_LENGTH = 1024 * 1024;

// A node may make what no text can hold, or what is nested too deep to be written.
function lengthOf(values: object): number {
  try {
    return JSON.stringify(values).length;
  } catch {
    return UNKNOWN_LENGTH;
  }
}
