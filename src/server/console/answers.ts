/** What the console answers, resource by resource; routes and events say the same. */
import path from 'node:path';
import type { BackfillStanding, KedroViews } from '../../client/index.ts';
import { PipelineError } from '../../core/index.ts';
import { type Allowance, allowanceOf } from '../access/allow.ts';
import { shownRun } from '../access/shown-run.ts';
import type {
  About,
  BackfillList,
  BackfillView,
  JobIntervals,
  JobList,
  PipelineList,
  RunList,
  RunView,
  SweepList,
  SweepView,
  WorkerList,
} from '../api.ts';
import { backfillView, jobIntervals } from './backfill-views.ts';
import type { ConsoleDeps } from './deps.ts';
import { jobViews, schedulesReader } from './job-views.ts';
import { logsLinks, temporalLinks } from './links.ts';
import { pipelineList, workerView } from './project-views.ts';
import { runSummaryView, runView } from './run-views.ts';
import { type ReadRows, rowsReader } from './sweep-rows.ts';
import { sweepSummaryView, sweepView } from './sweep-views.ts';
import { type Durable, descriptionReader, durableOf, isThere, noTemporal, workersOf } from './ways.ts';

/** See above. What is about durable work throws `SERVER_UNREACHABLE`. */
export interface Answers {
  about(): Promise<About>;
  /** Throws `SESSION_CLOSED` where this process has no session. */
  pipelines(): Promise<PipelineList>;
  jobs(): Promise<JobList>;
  /** Throws `JOB_NOT_FOUND`, `REQUEST_INVALID`. */
  intervals(job: string): Promise<JobIntervals>;
  backfills(job?: string): Promise<BackfillList>;
  /** `progress`: as a control has just answered. Throws `RUN_NOT_FOUND`, as the others of one id do. */
  backfill(id: string, progress?: BackfillProgress): Promise<BackfillView>;
  runs(options?: { job?: string; limit?: number }): Promise<RunList>;
  /** Of a durable run. */
  run(runId: string): Promise<RunView>;
  /** Of a run of any mode. */
  anyRun(runId: string): Promise<RunView>;
  sweeps(): Promise<SweepList>;
  /** `progress`: as a control has just answered. */
  sweep(id: string, progress?: SweepProgress): Promise<SweepView>;
  workers(): Promise<WorkerList>;
  /** For controls. */
  durable(): Durable;
  /** Resolves when nothing that was asked is on its way. */
  settled(): Promise<void>;
}

type BackfillProgress = NonNullable<Parameters<KedroViews['backfills']['one']>[1]>;
type SweepProgress = NonNullable<Parameters<KedroViews['sweeps']['one']>[1]>;

const MOST_BACKFILLS = 100;

/** What the answers are made of. */
interface Sources {
  readonly deps: ConsoleDeps;
  readonly allowance: Allowance;
  /** Throws `SERVER_UNREACHABLE` where the endpoint has no Temporal. */
  readonly ways: () => Durable;
}

/** Makes them. Connects to nothing until one is asked for. */
export function createAnswers(deps: ConsoleDeps): Answers {
  const durable = deps.temporal && durableOf(deps.temporal);
  const ways = () => durable ?? noTemporal();
  const sources = { deps, allowance: allowanceOf(deps.allow ?? {}), ways };
  return {
    durable: ways,
    settled: async () => await durable?.views.settled(),
    about: () => aboutOf(deps, durable),
    ...projectAnswers(sources),
    ...jobAnswers(sources),
    ...runAnswers(sources),
    ...sweepAnswers(sources),
  };
}

async function aboutOf({ temporal, session, project, version }: ConsoleDeps, durable?: Durable): Promise<About> {
  return {
    project: path.basename(session?.project ?? project ?? ''),
    version,
    ...(temporal === undefined ? {} : { task_queue: temporal.taskQueue }),
    ...(temporal === undefined ? {} : { namespace: temporal.client.options.namespace }),
    ...(temporal?.uiUrl === undefined ? {} : { temporal_ui: temporal.uiUrl }),
    durable: durable !== undefined && (await isThere(durable)),
    direct: session !== undefined,
  };
}

function projectAnswers({ deps: { session }, allowance, ways }: Sources): Pick<Answers, 'pipelines' | 'workers'> {
  return {
    async pipelines() {
      if (session === undefined) {
        throw new PipelineError(
          'SESSION_CLOSED',
          'This endpoint has no session of the project: start it with one to see its pipelines.',
        );
      }
      return pipelineList(await session.describe(), allowance);
    },
    async workers() {
      const own = ways();
      return { task_queue: own.taskQueue, workers: (await workersOf(own)).map((each) => workerView(each, allowance)) };
    },
  };
}

type OfJobs = Pick<Answers, 'jobs' | 'intervals' | 'backfills' | 'backfill'>;

function jobAnswers({ deps: { temporal, jobs: readJobs = async () => undefined }, ways }: Sources): OfJobs {
  const schedules = temporal && schedulesReader(temporal.client, temporal.taskQueue);
  const knownSchedules = () => ways().views.reached(async () => (await schedules?.()) ?? []);
  const viewOf = (backfill: BackfillStanding) => backfillView(backfill, temporalLinks(ways(), backfill.id));
  return {
    async jobs() {
      const { views } = ways();
      const [configured, backfills, known] = await Promise.all([
        readJobs(),
        views.backfills.list({ limit: MOST_BACKFILLS }),
        knownSchedules(),
      ]);
      return { jobs: jobViews(configured, known, backfills, viewOf) };
    },
    async intervals(job) {
      const { views } = ways();
      const [configured, known] = await Promise.all([readJobs(), knownSchedules()]);
      const rule =
        configured !== undefined && Object.hasOwn(configured.jobs, job) ? configured.jobs[job]?.rule : undefined;
      // One that only the file has starts nothing yet: its intervals since are not missing.
      const isScheduled = known.some((schedule) => schedule.job === job);
      return jobIntervals(await views.intervals({ job, rule, isScheduled }));
    },
    async backfills(job) {
      const { views } = ways();
      const found = await views.backfills.list({ limit: MOST_BACKFILLS, ...(job === undefined ? {} : { job }) });
      return { backfills: found.map(viewOf) };
    },
    backfill: async (id, progress) => viewOf(await ways().views.backfills.one(id, progress)),
  };
}

function runAnswers({ deps, allowance, ways }: Sources): Pick<Answers, 'runs' | 'run' | 'anyRun'> {
  const described = descriptionReader(deps.session);
  const run = async (runId: string) => {
    const own = ways();
    const found = await own.views.run(runId);
    const links = { ...temporalLinks(own, found.runId), ...logsLinks(deps.logsUrl, runSummaryView(found)) };
    return shownRun(runView(found, found.pending.length === 0 ? undefined : await described(), links), allowance);
  };
  return {
    run,
    anyRun: async (runId) => deps.ownRunView?.(runId) ?? (await run(runId)),
    runs: async (options) => ({ runs: (await ways().views.runs(options)).map(runSummaryView) }),
  };
}

function sweepAnswers({ deps: { project }, ways }: Sources): Pick<Answers, 'sweeps' | 'sweep'> {
  const rows: ReadRows = project === undefined ? async () => undefined : rowsReader(project);
  return {
    sweeps: async () => ({ sweeps: (await ways().views.sweeps.list()).map(sweepSummaryView) }),
    async sweep(id, progress) {
      const own = ways();
      const sweep = await own.views.sweeps.one(id, progress);
      const points = sweep.rows === undefined ? undefined : await rows(sweep.rows, sweep.total);
      return sweepView(sweep, points, temporalLinks(own, id));
    },
  };
}
