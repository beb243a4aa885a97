/** A job's intervals as a calendar, with a legend that counts them. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JobIntervals } from '../../server/index.ts';
import { usePainted } from '../live/painted.ts';
import { Mark } from '../parts/marks.tsx';
import { to } from '../routes.ts';
import { count, many } from '../words.ts';
import { CalendarGrid } from './grid.ts';
import { countsOf, STATES, stateWord } from './states.ts';

interface CalendarProps {
  intervals: JobIntervals;
  /** At most a part of the screen high, with a scroll bar of its own. */
  isLow?: boolean;
  /** Has the focus when it is first drawn. */
  focusKey?: string | undefined;
}

export function Calendar({ intervals, isLow = false, focusKey }: CalendarProps) {
  const host = useRef<HTMLDivElement>(null);
  const grid = useRef<CalendarGrid>(undefined);
  const [folded, setFolded] = useState(0);
  const { job, keys, states } = intervals;
  useLayoutEffect(() => {
    if (host.current === null) return;
    if (grid.current?.isOf(keys) !== true) {
      grid.current?.remove();
      grid.current = new CalendarGrid(host.current, { job, keys, onOpen: (key) => open(job, key), onFold: setFolded });
      grid.current.update(states);
      if (focusKey === undefined) grid.current.reveal();
      else grid.current.focus(focusKey);
    } else grid.current.update(states);
  }, [job, keys, states, focusKey]);
  useLayoutEffect(() => () => grid.current?.remove(), []);
  usePainted(true);
  return (
    <div class="calendar">
      <Legend intervals={intervals} />
      <div ref={host} class={isLow ? 'blocks low' : 'blocks'} />
      {folded === 0 ? null : (
        <button type="button" class="fold" onClick={() => grid.current?.unfold()}>
          {`Show ${folded} more, all to come`}
        </button>
      )}
    </div>
  );
}

function open(job: string, key: string): void {
  location.hash = to.interval(job, key);
}

function Legend({ intervals: { keys, states } }: { intervals: JobIntervals }) {
  const counts = countsOf(states, keys.length);
  return (
    <ul class="legend" aria-label={`${many(keys.length, 'interval')} by state`}>
      {STATES.filter((state) => counts[state] > 0).map((state) => (
        <li key={state}>
          <Mark state={state} /> <b>{count(counts[state])}</b> {stateWord(state)}
        </li>
      ))}
    </ul>
  );
}
