import type { BackfillView } from '../../server/index.ts';
import type { ProgressPart } from '../parts/progress.tsx';

export function isOver({ phase, ended_at }: BackfillView): boolean {
  return phase === 'ended' || ended_at !== undefined;
}

export function partsOf(backfill: BackfillView): ProgressPart[] {
  const states = ['succeeded', 'skipped', 'failed', 'cancelled', 'running'] as const;
  return states.map((state) => ({ state, number: backfill[state] }));
}

/** How many intervals have ended, skipped ones included. */
export function endedOf({ succeeded, failed, skipped, cancelled }: BackfillView): number {
  return succeeded + failed + skipped + cancelled;
}

/** The state whose mark it has. */
export function phaseState(backfill: BackfillView): string {
  if (!isOver(backfill)) return backfill.phase;
  if (backfill.failed > 0) return 'failed';
  return backfill.cancelled > 0 ? 'cancelled' : 'succeeded';
}

/** `running`, `paused`, `ending`, `not answering`, `done`, `failures`, `cancelled`. */
export function phaseWord(backfill: BackfillView): string {
  const { phase, failed, cancelled } = backfill;
  if (phase === 'paused') return 'paused';
  if (phase === 'closing') return 'ending';
  if (phase === 'unknown' && !isOver(backfill)) return 'not answering';
  if (!isOver(backfill)) return 'running';
  if (failed > 0) return 'failures';
  return cancelled > 0 ? 'cancelled' : 'done';
}

/** `2015-01-01 to 2015-12-31, each day`; of one interval alone its key. */
export function rangeWords({ first_key, last_key, every, total }: BackfillView): string {
  return total === 1 ? first_key : `${first_key} to ${last_key}, each ${every}`;
}
