/** How far a backfill is, and what steers it. */
import type { BackfillView } from '../../server/index.ts';
import { useControls } from '../parts/controls.ts';
import { Facts } from '../parts/fields.tsx';
import { Mark, StateWord } from '../parts/marks.tsx';
import { ErrorNote } from '../parts/notes.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { ProgressBar, ProgressCounts, QuietStatus } from '../parts/progress.tsx';
import { to } from '../routes.ts';
import { count, duration, many, moment, rate, timeLeft } from '../words.ts';
import { BackfillControls } from './backfill-controls.tsx';
import { endedOf, isOver, partsOf, phaseState, phaseWord, rangeWords } from './backfill-words.ts';

export function BackfillPanel({ view, isLinked = false }: { view: BackfillView; isLinked?: boolean }) {
  const { id, job, total, failures, links } = view;
  const controls = useControls(`backfill:${id}`);
  const ended = endedOf(view);
  return (
    <div class="panel">
      <p class="lead">
        <StateWord state={phaseState(view)} word={phaseWord(view)} />
        {view.why === undefined ? null : <span class="aside">{view.why}</span>}
        {view.phase === 'unknown' ? (
          <span class="aside">its worker is busy or away; this is what it said last</span>
        ) : null}
        {view.left_ms === undefined || isOver(view) ? null : <b class="left">{timeLeft(view.left_ms)}</b>}
      </p>
      <ProgressBar label={`Backfill of ${job}`} total={total} parts={partsOf(view)} />
      <ProgressCounts label="Intervals of this backfill by state" ended={ended} total={total} parts={partsOf(view)} />
      <QuietStatus
        phase={view.phase}
        text={`Backfill of ${job} ${phaseWord(view)}: ${count(ended)} of ${many(total, 'interval')} done, ${count(view.failed)} failed.`}
      />
      <BackfillControls view={view} controls={controls} />
      {controls.error === undefined ? null : <ErrorNote code={controls.error.code} message={controls.error.message} />}
      <Facts facts={factsOf(view, isLinked)} />
      {failures.length === 0 ? null : <Failures view={view} />}
      <p class="links">
        <OutsideLink href={links.temporal}>This backfill in Temporal</OutsideLink>
      </p>
    </div>
  );
}

function factsOf(view: BackfillView, isLinked: boolean) {
  const { id, started_at, ended_at, rate: perSecond, allowed, concurrency } = view;
  return {
    Backfill: isLinked ? <a href={to.backfill(id)}>{id}</a> : undefined,
    Range: rangeWords(view),
    Started: moment(started_at),
    Took: ended_at === undefined ? undefined : duration(Date.parse(ended_at) - Date.parse(started_at)),
    Rate: perSecond === undefined || isOver(view) ? undefined : rate(perSecond),
    'At once': isOver(view) || allowed >= concurrency ? undefined : `${allowed} of ${concurrency}, live runs go first`,
  };
}

function Failures({ view: { job, failures, failed } }: { view: BackfillView }) {
  return (
    <section aria-label="Failures">
      <h3>
        {failed > failures.length ? `First ${failures.length} of ${many(failed, 'failure')}` : many(failed, 'failure')}
      </h3>
      <ul class="list failures">
        {failures.map(({ key, code, message }) => (
          <li key={key}>
            <Mark state="failed" />
            <a href={to.interval(job, key)}>{key}</a>
            <code>{code}</code>
            <span class="message">{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
