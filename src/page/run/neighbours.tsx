import type { JobIntervals } from '../../server/index.ts';
import { useTopic } from '../live/hooks.ts';
import { to } from '../routes.ts';

/** Links to the intervals before and after. */
export function Neighbours({ job, intervalKey }: { job: string; intervalKey: string }) {
  const { value } = useTopic<JobIntervals>(`intervals:${job}`);
  if (value === undefined) return null;
  const at = value.keys.indexOf(intervalKey);
  return (
    <nav class="neighbours" aria-label="Intervals before and after">
      <Neighbour job={job} intervalKey={at < 0 ? undefined : value.keys[at - 1]} label="Before" arrow="←" />
      <Neighbour job={job} intervalKey={at < 0 ? undefined : value.keys[at + 1]} label="After" arrow="→" />
    </nav>
  );
}

interface NeighbourProps {
  job: string;
  intervalKey: string | undefined;
  label: string;
  arrow: string;
}

function Neighbour({ job, intervalKey, label, arrow }: NeighbourProps) {
  if (intervalKey === undefined) return null;
  return (
    <a href={to.interval(job, intervalKey)}>
      <span class="unseen">{label}: </span>
      {arrow === '←' ? <span aria-hidden="true">{arrow} </span> : null}
      {intervalKey}
      {arrow === '→' ? <span aria-hidden="true"> {arrow}</span> : null}
    </a>
  );
}
