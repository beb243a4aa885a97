/** States as a mark and a word: never by colour alone. */

/** Every state of an interval, run, attempt, node or backfill, and the mark that it is drawn with. */
const MARKS: Record<string, string> = {
  done: 'succeeded',
  ended: 'succeeded',
  'timed-out': 'failed',
  terminated: 'cancelled',
  stopped: 'cancelled',
  open: 'running',
  closing: 'running',
  stopping: 'running',
  waiting: 'to-come',
  paused: 'paused',
  unreachable: 'failed',
};

export function Mark({ state }: { state: string }) {
  return <span class="mark" data-state={MARKS[state] ?? state} aria-hidden="true" />;
}

/** The mark with its word, `timed out`. */
export function StateWord({ state, word }: { state: string; word?: string }) {
  return (
    <span class="state">
      <Mark state={state} /> {word ?? state.replace('-', ' ')}
    </span>
  );
}
