/** Everything at a glance: what runs, each job with its calendar, and what ran of late. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { About, BackfillList, JobIntervals, JobList, JobView, RunList, SweepList } from '../../server/index.ts';
import type { Returning } from '../app.tsx';
import { Calendar } from '../calendar/calendar.tsx';
import { useTopic } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { Empty, Ready } from '../parts/notes.tsx';
import { to } from '../routes.ts';
import { isOver } from './backfill-words.ts';
import { JobFacts } from './job-facts.tsx';
import { Backfills, RunningBackfill, Runs, Sweeps } from './lists.tsx';

const SHOWN = 12;

export function Overview({ returning, about }: { returning: Returning | undefined; about: About | undefined }) {
  if (about?.durable === false) return <NoServer isMissing={about.task_queue !== undefined} />;
  return (
    <>
      <h1 tabIndex={-1}>Jobs</h1>
      <Running />
      <Jobs returning={returning} />
      <div class="columns">
        <RecentRuns />
        <div>
          <PastBackfills />
          <RecentSweeps />
        </div>
      </div>
    </>
  );
}

function NoServer({ isMissing }: { isMissing: boolean }) {
  return (
    <>
      <h1 tabIndex={-1}>Jobs</h1>
      <Empty type="npx kedro-temporal dev">
        {isMissing
          ? 'The Temporal server behind this endpoint does not answer. What is durable shows here again when it does.'
          : 'This endpoint makes runs in its own process only: without a Temporal server there are no jobs and backfills.'}
      </Empty>
    </>
  );
}

function Running() {
  const { value } = useTopic<BackfillList>('backfills');
  const running = value?.backfills.filter((backfill) => !isOver(backfill)) ?? [];
  if (running.length === 0) return null;
  return (
    <section aria-labelledby="running">
      <h2 id="running">Running now</h2>
      <div class="cards">
        {running.map((backfill) => (
          <RunningBackfill key={backfill.id} backfill={backfill} />
        ))}
      </div>
    </section>
  );
}

function Jobs({ returning }: { returning: Returning | undefined }) {
  const known = useTopic<JobList>('jobs');
  usePainted(known.value !== undefined);
  return (
    <section aria-label="Jobs">
      <Ready known={known} what="jobs">
        {({ jobs }) =>
          jobs.length === 0 ? (
            <Empty type={JOB}>
              No jobs yet. A job is an entry of conf/base/temporal.yml; its days show here when they have run:
            </Empty>
          ) : (
            jobs.map((job) => <JobCard key={job.name} job={job} returning={returning} />)
          )
        }
      </Ready>
    </section>
  );
}

const JOB = `jobs:
  weather:
    pipeline: __default__
    every: day
    interval_params: { day: key }

npx kedro-temporal backfill --job weather --from 2015-01-01 --to 2016-01-01`;

function JobCard({ job, returning }: { job: JobView; returning: Returning | undefined }) {
  const { place, isNear } = useNear();
  return (
    <article class="card" ref={place}>
      <h2>
        <a href={to.job(job.name)}>{job.name}</a>
      </h2>
      <JobFacts job={job} />
      {job.every === undefined ? null : (
        <JobCalendar job={job} isNear={isNear} focusKey={returning?.job === job.name ? returning.key : undefined} />
      )}
    </article>
  );
}

function JobCalendar({ job, isNear, focusKey }: { job: JobView; isNear: boolean; focusKey: string | undefined }) {
  const known = useTopic<JobIntervals>(isNear ? `intervals:${job.name}` : undefined);
  return (
    <Ready known={known} what="intervals">
      {(intervals) =>
        intervals.keys.length === 0 ? (
          <NoIntervals job={job.name} />
        ) : (
          <Calendar intervals={intervals} isLow focusKey={focusKey} />
        )
      }
    </Ready>
  );
}

export function NoIntervals({ job }: { job: string }) {
  return (
    <Empty type={`npx kedro-temporal backfill --job ${job} --from 2015-01-01 --to 2016-01-01`}>
      No interval has run yet. For those of the past:
    </Empty>
  );
}

// Calendars are asked for when they come near the screen: a project may have a hundred jobs.
function useNear() {
  const place = useRef<HTMLElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    if (place.current === null || isNear) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setNear(true);
      },
      { rootMargin: '400px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isNear]);
  return { place, isNear };
}

function RecentRuns() {
  const known = useTopic<RunList>('runs');
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Recent runs</h2>
      <Ready known={known} what="runs">
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty type="npx kedro-temporal run">No runs yet.</Empty>
          ) : (
            <Runs runs={runs.slice(0, SHOWN)} />
          )
        }
      </Ready>
    </section>
  );
}

function PastBackfills() {
  const known = useTopic<BackfillList>('backfills');
  return (
    <section aria-labelledby="backfills">
      <h2 id="backfills">Backfills</h2>
      <Ready known={known} what="backfills">
        {({ backfills }) =>
          backfills.length === 0 ? <p class="aside">None yet.</p> : <Backfills backfills={backfills.slice(0, SHOWN)} />
        }
      </Ready>
    </section>
  );
}

function RecentSweeps() {
  const known = useTopic<SweepList>('sweeps');
  return (
    <section aria-labelledby="sweeps">
      <h2 id="sweeps">Sweeps</h2>
      <Ready known={known} what="sweeps">
        {({ sweeps }) =>
          sweeps.length === 0 ? (
            <Empty type="npx kedro-temporal sweep --grid model.rate=0.1,0.2,0.3">
              None yet. To try values of params:
            </Empty>
          ) : (
            <Sweeps sweeps={sweeps.slice(0, SHOWN)} />
          )
        }
      </Ready>
    </section>
  );
}
