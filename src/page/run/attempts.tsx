import type { AttemptView } from '../../server/index.ts';
import { Table } from '../parts/fields.tsx';
import { StateWord } from '../parts/marks.tsx';
import { duration, moment } from '../words.ts';

/** Each try of each part. */
export function Attempts({ attempts }: { attempts: readonly AttemptView[] }) {
  if (attempts.length === 0) return null;
  const hasErrors = attempts.some(({ error }) => error !== undefined);
  return (
    <section aria-label="Attempts">
      <h2>Attempts</h2>
      <Table
        caption="Attempts"
        heads={['Part', 'Attempt', 'State', 'Started', 'Took', 'Worker', ...(hasErrors ? ['Error'] : [])]}
        numbers={[1, 4]}
        rows={attempts.map((attempt) => ({
          key: `${attempt.part}/${attempt.attempt}`,
          cells: cellsOf(attempt, hasErrors),
        }))}
      />
    </section>
  );
}

function cellsOf({ part, attempt, state, started_at, ended_at, worker, error }: AttemptView, hasErrors: boolean) {
  const took =
    started_at === undefined || ended_at === undefined ? undefined : Date.parse(ended_at) - Date.parse(started_at);
  const shown = [
    part,
    attempt,
    <StateWord key="state" state={state} />,
    started_at === undefined ? '' : moment(started_at),
    took === undefined ? '' : duration(took),
    worker ?? '',
  ];
  if (!hasErrors) return shown;
  const failure = error === undefined ? '' : <Failure key="error" code={error.code} message={error.message} />;
  return [...shown, failure];
}

function Failure({ code, message }: { code: string; message: string }) {
  return (
    <span class="failure">
      <code>{code}</code> {message}
    </span>
  );
}
