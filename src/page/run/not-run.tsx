import type { JobIntervals } from '../../server/index.ts';
import { Standings, standingWords } from '../calendar/states.ts';
import { useTopic } from '../live/hooks.ts';
import { Empty } from '../parts/notes.tsx';

interface NotRunProps {
  job: string | undefined;
  intervalKey: string | undefined;
}

/** In place of a run that the server does not know: how its interval stands, and what to type. */
export function NotRun({ job, intervalKey }: NotRunProps) {
  const { value } = useTopic<JobIntervals>(job === undefined ? undefined : `intervals:${job}`);
  const index = intervalKey === undefined ? -1 : (value?.keys.indexOf(intervalKey) ?? -1);
  if (value === undefined || index < 0)
    return <Empty>The server knows no run of that id. It forgets runs after a while, a dev server after a day.</Empty>;
  const next = value.keys[index + 1] ?? value.end;
  return (
    <Empty type={`npx kedro-temporal backfill --job ${job} --from ${intervalKey} --to ${next}`}>
      {`There is no run of this interval (${standingOf(value, index)}). To run it:`}
    </Empty>
  );
}

function standingOf({ states, keys }: JobIntervals, index: number): string {
  const standings = new Standings();
  return standingWords(standings.at(standings.codesOf(states, keys.length)[index] ?? 0));
}
