import type { JobIntervals } from '../../server/index.ts';
import { type Standing, Standings, stateWord } from '../calendar/states.ts';
import { useTopic } from '../live/hooks.ts';
import { StateWord } from '../parts/marks.tsx';
import { Empty } from '../parts/notes.tsx';

interface NotRunProps {
  job: string | undefined;
  intervalKey: string | undefined;
  /** Why the endpoint has no run to show: it names the backfill that has it among its activities, if one has. */
  message: string;
}

/** In place of a run without a workflow of its own: how its interval stands, what the endpoint says, and what to type. */
export function NotRun({ job, intervalKey, message }: NotRunProps) {
  const { value } = useTopic<JobIntervals>(job === undefined ? undefined : `intervals:${job}`);
  const index = intervalKey === undefined ? -1 : (value?.keys.indexOf(intervalKey) ?? -1);
  if (value === undefined || index < 0) return <Empty>{`${message} A dev server forgets runs after a day.`}</Empty>;
  const { state, reason } = standingOf(value, index);
  const next = value.keys[index + 1] ?? value.end;
  return (
    <>
      <div class="panel">
        <p class="lead">
          <StateWord state={state} word={stateWord(state)} />
          {reason === '' ? null : <code>{reason}</code>}
        </p>
        <p>{message}</p>
      </div>
      {state === 'succeeded' || state === 'running' ? null : (
        <Empty type={`npx kedro-temporal backfill --job ${job} --from ${intervalKey} --to ${next}`}>To run it:</Empty>
      )}
    </>
  );
}

function standingOf({ states, keys }: JobIntervals, index: number): Standing {
  const standings = new Standings();
  return standings.at(standings.codesOf(states, keys.length)[index] ?? 0);
}
