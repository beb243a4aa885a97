/** What the console answers, resource by resource; routes and events say the same. */
import path from 'node:path';
import { createKedroClient, createKedroViews, type KedroClient, type KedroViews } from '../../client/index.ts';
import { isPipelineError, PipelineError, type PipelineSession, type ProjectDescription } from '../../core/index.ts';
import { allowanceOf } from '../access/allow.ts';
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
import type { TemporalAccess } from '../options.ts';
import { backfillView, jobIntervals } from './backfill-views.ts';
import type { ConsoleDeps } from './deps.ts';
import { jobViews, schedulesReader } from './job-views.ts';
import { logsLinks, temporalLinks } from './links.ts';
import { pipelineList, workerView } from './project-views.ts';
import { runSummaryView, runView } from './run-views.ts';
import { type ReadRows, rowsReader } from './sweep-rows.ts';
import { sweepSummaryView, sweepView } from './sweep-views.ts';

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
  sweep(id: string): Promise<SweepView>;
  workers(): Promise<WorkerList>;
  /** For controls. */
  durable(): Durable;
  /** Resolves when nothing that was asked is on its way. */
  settled(): Promise<void>;
}

type BackfillProgress = NonNullable<Parameters<KedroViews['backfills']['one']>[1]>;

/** The ways to durable work. */
export interface Durable extends TemporalAccess {
  kedro: KedroClient;
  views: KedroViews;
}

const DESCRIBED_MS = 30_000;
const ABOUT_MS = 2_000;
const WORKERS_MS = 20_000;
const MOST_BACKFILLS = 100;

/** Makes them. Connects to nothing until one is asked for. */
export function createAnswers(deps: ConsoleDeps): Answers {
  const { temporal, session, project, version } = deps;
  const allowance = allowanceOf(deps.allow ?? {});
  const durable = temporal && { ...temporal, ...waysOf(temporal) };
  const jobs = deps.jobs ?? (async () => undefined);
  const rows: ReadRows = project === undefined ? async () => undefined : rowsReader(project);
  const described = descriptionReader(session);
  const schedules = temporal && schedulesReader(temporal.client, temporal.taskQueue);
  const ways = (): Durable => durable ?? noTemporal();
  const knownSchedules = () => ways().views.reached(async () => (await schedules?.()) ?? []);
  const viewOf = (backfill: Parameters<typeof backfillView>[0]) =>
    backfillView(backfill, temporalLinks(ways(), backfill.id));
  const answers: Answers = {
    durable: ways,
    settled: async () => await durable?.views.settled(),
    async about() {
      return {
        project: path.basename(session?.project ?? project ?? ''),
        version,
        ...(temporal === undefined ? {} : { task_queue: temporal.taskQueue }),
        ...(temporal === undefined ? {} : { namespace: temporal.client.options.namespace }),
        ...(temporal?.uiUrl === undefined ? {} : { temporal_ui: temporal.uiUrl }),
        durable: durable !== undefined && (await isThere(durable)),
        direct: session !== undefined,
      };
    },
    async pipelines() {
      if (session === undefined) {
        throw new PipelineError(
          'SESSION_CLOSED',
          'This endpoint has no session of the project: start it with one to see its pipelines.',
        );
      }
      return pipelineList(await session.describe(), allowance);
    },
    async jobs() {
      const { views } = ways();
      const [configured, backfills, known] = await Promise.all([
        jobs(),
        views.backfills.list({ limit: MOST_BACKFILLS }),
        knownSchedules(),
      ]);
      return { jobs: jobViews(configured, known, backfills, viewOf) };
    },
    async intervals(job) {
      const { views } = ways();
      const [configured, known] = await Promise.all([jobs(), knownSchedules()]);
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
    runs: async (options) => ({ runs: (await ways().views.runs(options)).map(runSummaryView) }),
    async run(runId) {
      const own = ways();
      const run = await own.views.run(runId);
      const links = { ...temporalLinks(own, run.runId), ...logsLinks(deps.logsUrl, runSummaryView(run)) };
      return shownRun(runView(run, run.pending.length === 0 ? undefined : await described(), links), allowance);
    },
    anyRun: async (runId) => deps.ownRunView?.(runId) ?? (await answers.run(runId)),
    sweeps: async () => ({ sweeps: (await ways().views.sweeps.list()).map(sweepSummaryView) }),
    async sweep(id) {
      const own = ways();
      const sweep = await own.views.sweeps.one(id);
      const points = sweep.rows === undefined ? undefined : await rows(sweep.rows, sweep.total);
      return sweepView(sweep, points, temporalLinks(own, id));
    },
    async workers() {
      const own = ways();
      return { task_queue: own.taskQueue, workers: (await workersOf(own)).map((each) => workerView(each, allowance)) };
    },
  };
  return answers;
}

function waysOf({ client, taskQueue }: TemporalAccess): { kedro: KedroClient; views: KedroViews } {
  return { kedro: createKedroClient(client, { taskQueue }), views: createKedroViews(client, { taskQueue }) };
}

function noTemporal(): never {
  throw new PipelineError('SERVER_UNREACHABLE', 'This endpoint was started without Temporal: it has no durable work.', {
    retryable: false,
  });
}

async function isThere({ client, views }: Durable): Promise<boolean> {
  const ask = () => client.workflowService.getSystemInfo({});
  return await views.reached(ask, ABOUT_MS).then(
    () => true,
    () => false,
  );
}

// Nobody there is an answer, not a failure.
async function workersOf({ client, kedro, views: { reached } }: Durable) {
  // Workers may take their time; whether the server is there is known at once.
  await reached(() => client.workflowService.getSystemInfo({}));
  try {
    return await reached(() => kedro.workers({ patience: '3 seconds', timeout: '10 seconds' }), WORKERS_MS);
  } catch (error) {
    if (isPipelineError(error) && error.code === 'WORKER_UNREACHABLE') return [];
    throw error;
  }
}

/** What the session says of the project, asked again after a while; undefined where it cannot say. */
function descriptionReader(session: PipelineSession | undefined): () => Promise<ProjectDescription | undefined> {
  let known: Promise<ProjectDescription | undefined> | undefined;
  let readAt = 0;
  return async () => {
    if (known === undefined || Date.now() - readAt > DESCRIBED_MS) {
      readAt = Date.now();
      known = session?.describe().catch(() => undefined);
    }
    return await known;
  };
}
