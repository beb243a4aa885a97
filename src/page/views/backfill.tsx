/** One backfill, with the calendar of its job. */
import type { BackfillView } from '../../server/index.ts';
import type { Returning } from '../app.tsx';
import { useTopic } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { Ready } from '../parts/notes.tsx';
import { Way } from '../parts/way.tsx';
import { to } from '../routes.ts';
import { BackfillPanel } from './backfill-panel.tsx';
import { Intervals } from './job.tsx';

export function BackfillPage({ id, returning }: { id: string; returning: Returning | undefined }) {
  const known = useTopic<BackfillView>(`backfill:${id}`);
  const job = known.value?.job;
  usePainted(job !== undefined);
  const steps: [string, string][] = [
    ['Jobs', to.overview],
    ...(job === undefined ? [] : ([[job, to.job(job)]] as [string, string][])),
  ];
  return (
    <>
      <Way steps={steps} />
      <h1 tabIndex={-1}>Backfill</h1>
      <p class="aside">
        <code>{id}</code>
      </p>
      <Ready known={known} what="the backfill">
        {(view) => (
          <>
            <BackfillPanel view={view} />
            <Intervals job={view.job} focusKey={returning?.job === view.job ? returning.key : undefined} />
          </>
        )}
      </Ready>
    </>
  );
}
