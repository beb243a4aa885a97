import type { JobView, ScheduleView } from '../../server/index.ts';
import { useNow } from '../parts/clock.ts';
import { ago } from '../words.ts';

/** What a job is, in two lines. */
export function JobFacts({ job }: { job: JobView }) {
  const { description, every, time_zone, parts, schedule, configured } = job;
  const zone = time_zone === undefined || time_zone === 'UTC' ? '' : `, ${time_zone}`;
  return (
    <>
      {description === undefined ? null : <p>{description}</p>}
      <p class="aside dotted">
        {every === undefined ? null : <span>{`each ${every}${zone}`}</span>}
        {parts.length > 1 ? <span>{parts.join(' → ')}</span> : null}
        {schedule === undefined ? null : <Schedule schedule={schedule} />}
        {configured ? null : <span>not in temporal.yml</span>}
      </p>
    </>
  );
}

function Schedule({ schedule: { paused, note, next } }: { schedule: ScheduleView }) {
  const now = useNow(60_000);
  if (paused) return <span>{note === '' ? 'schedule paused' : `schedule paused: ${note}`}</span>;
  const [first] = next;
  return <span>{first === undefined ? 'scheduled' : `next run ${ago(first, now)}`}</span>;
}
