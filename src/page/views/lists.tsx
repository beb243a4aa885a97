/** Runs, backfills and sweeps as lists of links. */
import type { BackfillView, RunSummaryView, SweepSummaryView } from '../../server/index.ts';
import { useNow } from '../parts/clock.ts';
import { StateWord } from '../parts/marks.tsx';
import { ProgressBar } from '../parts/progress.tsx';
import { to, toRun } from '../routes.ts';
import { ago, count, duration, rate, timeLeft } from '../words.ts';
import { endedOf, isOver, partsOf, phaseState, phaseWord, rangeWords } from './backfill-words.ts';

const CLOCK_MS = 10_000;

export function Runs({ runs }: { runs: readonly RunSummaryView[] }) {
  const now = useNow(CLOCK_MS);
  return (
    <ul class="list">
      {runs.map((run) => (
        <li key={run.run_id}>
          <StateWord state={run.state} />
          <a href={toRun(run.run_id, run.job)}>{run.run_id}</a>
          <span class="aside">
            {ago(run.started_at, now)}
            {run.ended_at === undefined ? '' : ` · ${duration(Date.parse(run.ended_at) - Date.parse(run.started_at))}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Sweeps({ sweeps }: { sweeps: readonly SweepSummaryView[] }) {
  const now = useNow(CLOCK_MS);
  return (
    <ul class="list">
      {sweeps.map((sweep) => (
        <li key={sweep.id}>
          <StateWord state={sweep.state ?? sweep.phase} />
          <a href={to.sweep(sweep.id)}>{sweep.id}</a>
          <span class="aside">{ago(sweep.started_at, now)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Backfills({ backfills }: { backfills: readonly BackfillView[] }) {
  const now = useNow(CLOCK_MS);
  return (
    <ul class="list">
      {backfills.map((backfill) => (
        <li key={backfill.id}>
          <StateWord state={phaseState(backfill)} word={phaseWord(backfill)} />
          <a href={to.backfill(backfill.id)}>{`${backfill.job}, ${rangeWords(backfill)}`}</a>
          <span class="aside">
            {count(endedOf(backfill))} of {count(backfill.total)}
            {backfill.failed > 0 ? `, ${count(backfill.failed)} failed` : ''} · {ago(backfill.started_at, now)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A backfill that is not over, with its bar. */
export function RunningBackfill({ backfill }: { backfill: BackfillView }) {
  const { job, total, left_ms, rate: perSecond } = backfill;
  return (
    <article class="card running">
      <h3>
        <a href={to.backfill(backfill.id)}>{job}</a>{' '}
        <StateWord state={phaseState(backfill)} word={phaseWord(backfill)} />
      </h3>
      <ProgressBar label={`Backfill of ${job}`} total={total} parts={partsOf(backfill)} />
      <p class="aside">
        {count(endedOf(backfill))} of {count(total)} done
        {backfill.failed > 0 ? ` · ${count(backfill.failed)} failed` : ''}
        {perSecond === undefined || isOver(backfill) ? '' : ` · ${rate(perSecond)}`}
        {left_ms === undefined ? '' : ` · ${timeLeft(left_ms)}`}
      </p>
    </article>
  );
}
