/**
 * Progress of a backfill: one line that is drawn over on a terminal, a line every few seconds elsewhere.
 */
import type { BackfillProgress } from '../../workflows/index.ts';
import { countOutcomes, sizeOf } from '../planner/index.ts';
import { drawBar, endLine } from './live-line.ts';
import { duration, say } from './terminal.ts';

const PLAIN_EVERY_MS = 5000;

export interface ProgressView {
  show(progress: BackfillProgress): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** Makes the view of one backfill. Rate and time left are those of this view, so a resumed backfill shows true ones. */
export function progressView(): ProgressView {
  let first: { at: number; done: number } | undefined;
  const read = (progress: BackfillProgress): Counts => {
    const counts = countsOf(progress);
    first ??= { at: Date.now(), done: counts.settled };
    const seconds = (Date.now() - first.at) / 1000;
    const rate = seconds > 0.5 ? (counts.settled - first.done) / seconds : 0;
    return { ...counts, rate };
  };
  return process.stderr.isTTY ? barView(read) : plainView(read);
}

interface Counts {
  total: number;
  settled: number;
  succeeded: number;
  failed: number;
  skipped: number;
  cancelled: number;
  running: number;
  phase: string;
  rate: number;
}

function countsOf({ total, outcomes, running, phase, why }: BackfillProgress): Counts {
  const counts = countOutcomes(outcomes);
  const settled = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const state = phase === 'paused' ? `paused${why === 'AFTER_FAILURES' ? ' after failures' : ''}` : '';
  return { total, ...counts, settled, running: sizeOf(running), phase: state, rate: 0 };
}

function barView(read: (progress: BackfillProgress) => Counts): ProgressView {
  return {
    show: (progress) => {
      const counts = read(progress);
      const all = Math.max(1, counts.total);
      drawBar(counts.settled / all, sentence(counts), counts.failed / all);
    },
    end: endLine,
  };
}

function plainView(read: (progress: BackfillProgress) => Counts): ProgressView {
  let shownAt = 0;
  let last = '';
  return {
    show(progress) {
      const counts = read(progress);
      const text = sentence(counts);
      const isLast = counts.settled === counts.total;
      if (text === last || (!isLast && Date.now() - shownAt < PLAIN_EVERY_MS)) return;
      shownAt = Date.now();
      last = text;
      say(text);
    },
    end: () => {},
  };
}

function sentence({ total, settled, failed, skipped, cancelled, running, phase, rate }: Counts): string {
  const parts = [`${settled - failed - cancelled}/${total} done`, `${running} running`, `${failed} failed`];
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (phase !== '') parts.push(phase);
  if (rate > 0) parts.push(`${rate.toFixed(1)}/s`);
  if (rate > 0 && settled < total) parts.push(`${duration(((total - settled) / rate) * 1000)} left`);
  return parts.join(' · ');
}
