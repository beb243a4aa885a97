/** How far a sweep is, its best point, and what steers it. */
import type { SweepPoint, SweepView } from '../../server/index.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import { useControls } from '../parts/controls.ts';
import { Facts } from '../parts/fields.tsx';
import { StateWord } from '../parts/marks.tsx';
import { ErrorNote } from '../parts/notes.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { ProgressBar, ProgressCounts, QuietStatus } from '../parts/progress.tsx';
import { count, duration, figure, moment, rate } from '../words.ts';

export function SweepPanel({ view }: { view: SweepView }) {
  const { id, total, succeeded, failed, running, phase } = view;
  const controls = useControls(`sweep:${id}`);
  const parts = [
    { state: 'succeeded', number: succeeded },
    { state: 'failed', number: failed },
    { state: 'running', number: running },
  ];
  return (
    <div class="panel">
      <p class="lead">
        <StateWord state={view.state ?? phase} />
      </p>
      <ProgressBar label="Sweep" total={total} parts={parts} />
      <ProgressCounts label="Points by state" ended={succeeded + failed} total={total} parts={parts} />
      <QuietStatus
        phase={phase}
        text={`Sweep ${phase}: ${count(succeeded + failed)} of ${count(total)} points done.`}
      />
      <SweepControls view={view} controls={controls} />
      {controls.error === undefined ? null : <ErrorNote code={controls.error.code} message={controls.error.message} />}
      <Facts facts={factsOf(view)} />
    </div>
  );
}

type Controls = ReturnType<typeof useControls>;

function SweepControls({ view: { id, phase, links }, controls }: { view: SweepView; controls: Controls }) {
  const isBusy = controls.busy !== undefined;
  const control = (name: string) => void controls.send(name, 'POST', `sweeps/${encodeURIComponent(id)}/${name}`, {});
  return (
    <div class="buttons">
      {phase === 'running' ? (
        <button type="button" disabled={isBusy} onClick={() => control('pause')}>
          Pause
        </button>
      ) : null}
      {phase === 'paused' ? (
        <button type="button" class="primary" disabled={isBusy} onClick={() => control('resume')}>
          Resume
        </button>
      ) : null}
      {phase === 'running' || phase === 'paused' ? (
        <ConfirmButton
          label="Cancel …"
          question="Cancel the sweep? Points that did not end are lost; its results so far stay."
          yes="Cancel the sweep"
          no="Go on"
          isDisabled={isBusy}
          onYes={() => control('cancel')}
        />
      ) : null}
      <OutsideLink href={links.temporal}>This sweep in Temporal</OutsideLink>
    </div>
  );
}

function factsOf({ pipelines, started_at, ended_at, rate: perSecond, not_run, phase, best }: SweepView) {
  return {
    Best: best === undefined ? undefined : <BestWords point={best} />,
    Pipelines: pipelines.join(', '),
    Started: moment(started_at),
    Took: ended_at === undefined ? undefined : duration(Date.parse(ended_at) - Date.parse(started_at)),
    Rate: phase === 'running' && perSecond > 0 ? rate(perSecond) : undefined,
    'Not run': not_run === undefined || not_run === 0 ? undefined : count(not_run),
  };
}

function BestWords({ point }: { point: SweepPoint }) {
  const metrics = Object.entries(point.metrics).map(([name, value]) => `${name} ${figure(value)}`);
  return <>{`point ${point.index}: ${metrics.join(', ')}`}</>;
}
