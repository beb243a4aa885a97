import { useEffect, useState } from 'preact/hooks';
import type { BackfillControl, BackfillView } from '../../server/index.ts';
import { ConfirmButton } from '../parts/confirm-button.tsx';
import type { useControls } from '../parts/controls.ts';
import { many } from '../words.ts';
import { isOver } from './backfill-words.ts';

const MOST_AT_ONCE = 1000;

interface BackfillControlsProps {
  view: BackfillView;
  controls: ReturnType<typeof useControls>;
}

/** Pause, resume, cancel, retry and how many at once: those that make sense as it stands. */
export function BackfillControls({ view, controls: { busy, send } }: BackfillControlsProps) {
  const { id, phase, failed, cancelled, total } = view;
  const isBusy = busy !== undefined;
  // One that does not answer in time may only be busy: a control waits for it.
  const isLive = !isOver(view);
  const control = (name: string, body: BackfillControl = {}) =>
    void send(name, 'POST', `backfills/${encodeURIComponent(id)}/${name}`, body);
  const left = total - view.succeeded - failed - view.skipped - cancelled;
  return (
    <div class="buttons">
      {isLive && (phase === 'open' || phase === 'unknown') ? (
        <button type="button" disabled={isBusy} onClick={() => control('pause')}>
          {busy === 'pause' ? 'Pausing …' : 'Pause'}
        </button>
      ) : null}
      {isLive && phase === 'paused' ? (
        <button type="button" class="primary" disabled={isBusy} onClick={() => control('resume')}>
          {busy === 'resume' ? 'Resuming …' : 'Resume'}
        </button>
      ) : null}
      {failed + cancelled > 0 && phase !== 'closing' ? (
        <button type="button" disabled={isBusy} onClick={() => control('retry')}>
          {busy === 'retry' ? 'Retrying …' : retryLabel(failed, cancelled)}
        </button>
      ) : null}
      {isLive && phase !== 'closing' ? (
        <ConfirmButton
          label="Cancel …"
          question={`Cancel the backfill of ${view.job}? ${many(left, 'interval')} that did not end will be cancelled; what is done stays.`}
          yes="Cancel the backfill"
          no="Go on"
          isDisabled={isBusy}
          onYes={() => control('cancel')}
        />
      ) : null}
      {isLive && phase !== 'closing' ? (
        <Concurrency
          now={view.concurrency}
          isBusy={isBusy}
          onSet={(concurrency) => control('concurrency', { concurrency })}
        />
      ) : null}
    </div>
  );
}

function retryLabel(failed: number, cancelled: number): string {
  if (cancelled === 0) return `Retry ${failed} failed`;
  return failed === 0 ? `Retry ${cancelled} cancelled` : `Retry ${failed} failed, ${cancelled} cancelled`;
}

function Concurrency({ now, isBusy, onSet }: { now: number; isBusy: boolean; onSet: (concurrency: number) => void }) {
  const [text, setText] = useState(String(now));
  useEffect(() => setText(String(now)), [now]);
  const wanted = Number(text);
  const isGood = Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_AT_ONCE;
  const set = (event: Event) => {
    event.preventDefault();
    if (isGood) onSet(wanted);
  };
  return (
    <form class="concurrency" onSubmit={set}>
      <label>
        Runs at once
        <input
          type="number"
          min={1}
          max={MOST_AT_ONCE}
          step={1}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={isBusy || !isGood || wanted === now}>
        Set
      </button>
    </form>
  );
}
