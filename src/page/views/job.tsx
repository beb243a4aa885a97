/** One job: its calendar, its newest backfill with what steers it, its schedule. */
import type { BackfillView, JobIntervals, JobList } from '../../server/index.ts';
import type { Returning } from '../app.tsx';
import { Calendar } from '../calendar/calendar.tsx';
import { useTopic } from '../live/hooks.ts';
import { Empty, ErrorNote, Loading, Ready } from '../parts/notes.tsx';
import { Way } from '../parts/way.tsx';
import { to, toRun } from '../routes.ts';
import { ago } from '../words.ts';
import { BackfillPanel } from './backfill-panel.tsx';
import { JobFacts } from './job-facts.tsx';
import { NoIntervals } from './overview.tsx';

export function JobPage({ job, returning }: { job: string; returning: Returning | undefined }) {
  const known = useTopic<JobList>('jobs');
  const view = known.value?.jobs.find(({ name }) => name === job);
  return (
    <>
      <Way steps={[['Jobs', to.overview]]} />
      <h1 tabIndex={-1}>{job}</h1>
      {view === undefined ? <Absent job={job} known={known} /> : <JobFacts job={view} />}
      <Intervals job={job} focusKey={returning?.job === job ? returning.key : undefined} />
      {view?.backfill === undefined ? null : (
        <section aria-labelledby="newest">
          <h2 id="newest">Newest backfill</h2>
          <NewestBackfill id={view.backfill.id} />
        </section>
      )}
      {view?.schedule === undefined || view.schedule.recent.length === 0 ? null : (
        <section aria-labelledby="scheduled">
          <h2 id="scheduled">Started by its schedule</h2>
          <ul class="list">
            {view.schedule.recent.map(({ at, run_id }) => (
              <li key={run_id}>
                <a href={toRun(run_id, job)}>{run_id}</a>
                <span class="aside">{ago(at)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Absent({ job, known }: { job: string; known: ReturnType<typeof useTopic<JobList>> }) {
  if (known.error !== undefined) return <ErrorNote code={known.error.code} message={known.error.message} />;
  if (known.value === undefined) return <Loading what="the job" />;
  return <Empty>{`No job of the name "${job}" is in temporal.yml, and no backfill of it is known.`}</Empty>;
}

/** The calendar of a job, followed. */
export function Intervals({ job, focusKey }: { job: string; focusKey: string | undefined }) {
  const known = useTopic<JobIntervals>(`intervals:${job}`);
  return (
    <section aria-labelledby="intervals">
      <h2 id="intervals">Intervals</h2>
      <Ready known={known} what="intervals">
        {(intervals) =>
          intervals.keys.length === 0 ? (
            <NoIntervals job={job} />
          ) : (
            <Calendar intervals={intervals} focusKey={focusKey} />
          )
        }
      </Ready>
    </section>
  );
}

function NewestBackfill({ id }: { id: string }) {
  const known = useTopic<BackfillView>(`backfill:${id}`);
  return (
    <Ready known={known} what="the backfill">
      {(view) => <BackfillPanel view={view} isLinked />}
    </Ready>
  );
}
