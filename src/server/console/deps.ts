import type { PipelineSession } from '../../core/index.ts';
import type { ProjectJobs } from '../../jobs/index.ts';
import type { RunView } from '../api.ts';
import type { AllowOptions, TemporalAccess } from '../options.ts';

/** What the console shows, and by what it reaches it. */
export interface ConsoleDeps {
  /** Folder of the project: its name is shown, and the rows of sweeps are read below it. Left out: neither. */
  project?: string;
  /** Of this package. */
  version: string;
  /** Left out: every route about durable work answers with `SERVER_UNREACHABLE`. */
  temporal?: TemporalAccess;
  /** The session of this process. Left out: `GET /pipelines` answers with `SESSION_CLOSED`. */
  session?: PipelineSession;
  /** The project's jobs, as its file says them now. Default: none. */
  jobs?: () => Promise<ProjectJobs | undefined>;
  /** How a run looks that this process makes itself, for its topic; undefined for one that it does not know. Default: none. */
  ownRunView?: (runId: string) => RunView | undefined;
  /** Which pipelines, parameters and datasets are shown. Default: all. */
  allow?: AllowOptions;
  /**
   * Link to the logs of a run, in which `{run_id}`, `{start}` and `{end}` (ISO 8601) are filled, percent-encoded. Default: no
   * such links.
   */
  logsUrl?: string;
}
