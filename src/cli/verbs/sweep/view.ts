/** How a sweep looks: one line while it runs, tables at the end. */
import type { SweepProgress, SweepReport } from '../../../../workflows/index.ts';
import type { MeanResult, QuantilesResult, Reduced, TopPoint } from '../../../planner/index.ts';
import { drawBar, endLine } from '../../live-line.ts';
import { table } from '../../table.ts';
import { duration, say } from '../../terminal.ts';

const PLAIN_EVERY_MS = 5000;

export interface SweepView {
  show(progress: SweepProgress): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** A line that is drawn over on a terminal, a line every few seconds elsewhere. */
export function sweepView(): SweepView {
  let first: { at: number; done: number } | undefined;
  let shown = { at: 0, text: '' };
  return {
    show(progress) {
      const done = progress.succeeded + progress.failed;
      // The rate of this view: a sweep that was paused, or taken up again, shows a true one.
      first ??= { at: Date.now(), done };
      const seconds = (Date.now() - first.at) / 1000;
      const text = sentence(progress, seconds > 0.5 ? (done - first.done) / seconds : 0);
      if (process.stderr.isTTY) {
        const all = Math.max(1, progress.total);
        return drawBar(done / all, text, progress.failed / all);
      }
      const isEnd = progress.phase === 'ended';
      if (text === shown.text || (!isEnd && Date.now() - shown.at < PLAIN_EVERY_MS)) return;
      shown = { at: Date.now(), text };
      say(text);
    },
    end: endLine,
  };
}

function sentence({ total, succeeded, failed, phase, best }: SweepProgress, rate: number): string {
  const parts = [`${succeeded}/${total} points`, `${failed} failed`];
  if (phase === 'paused' || phase === 'stopping') parts.push(phase);
  if (best !== undefined) parts.push(`best ${short(best.value)}`);
  const left = total - succeeded - failed;
  if (rate > 0 && phase !== 'ended') parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  if (rate > 0 && phase === 'running') parts.push(`${duration((left / rate) * 1000)} left`);
  return parts.join(' · ');
}

/** The report for a person. `metrics`: the first one ranks. */
export function reportText(report: SweepReport, metrics: readonly string[]): string {
  const { reduced, failures, failed } = report;
  const parts: string[] = [];
  const best = reduced.best as TopPoint[] | undefined;
  if (best !== undefined && best.length > 0) parts.push(bestTable(best, metrics[0] ?? 'value'));
  const means = metrics.flatMap((metric, i) => meanRows(metric, reduced, i === 0 ? '' : `.${metric}`));
  if (means.length > 0) parts.push(table(['metric', 'points', 'mean', '±', 'min', 'max'], means, [1, 2, 3, 4, 5]));
  const quantiles = metrics.flatMap((metric, i) => quantileRows(metric, reduced, i === 0 ? '' : `.${metric}`));
  if (quantiles.length > 0) parts.push(table(['metric', 'part below', 'value'], quantiles, [1, 2]));
  if (failures.length > 0) {
    const rows = failures.map(({ index, code, message }) => [index, code, message]);
    const more = failed > rows.length ? `\nand ${failed - rows.length} more` : '';
    parts.push(`${table(['point', 'code', 'why'], rows, [0])}${more}`);
  }
  if (report.pipeline !== undefined) parts.push(pipelineText(report.pipeline));
  if (report.rows !== undefined) parts.push(`rows: ${report.rows}`);
  return [...parts, lastLine(report)].join('\n\n');
}

function bestTable(best: readonly TopPoint[], metric: string): string {
  const names = [...new Set(best.flatMap(({ params }) => Object.keys(params)))];
  const rows = best.map(({ index, value, params }) => [
    index,
    short(value),
    ...names.map((name) => shown(params[name])),
  ]);
  return table(['point', metric, ...names], rows, [0, 1]);
}

function meanRows(metric: string, reduced: Record<string, Reduced>, name: string): string[][] {
  const mean = reduced[`mean${name}`] as MeanResult | undefined;
  if (mean === undefined) return [];
  const numbers = [mean.mean, mean.standardDeviation, mean.min, mean.max];
  return [[metric, String(mean.count), ...numbers.map((each) => (each === null ? '–' : short(each)))]];
}

function quantileRows(metric: string, reduced: Record<string, Reduced>, name: string): string[][] {
  const quantiles = reduced[`quantiles${name}`] as QuantilesResult | undefined;
  return (quantiles?.values ?? []).map(({ at, value }) => [metric, String(at), short(value)]);
}

function pipelineText(pipeline: NonNullable<SweepReport['pipeline']>): string {
  if ('error' in pipeline) return `after the points: ${pipeline.error.message} [${pipeline.error.code}]`;
  const outputs = Object.entries(pipeline.outputs).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [`after the points: run ${pipeline.runId}`, ...outputs].join('\n');
}

function lastLine({ state, why, succeeded, failed, notRun, durationMs }: SweepReport): string {
  const rest = notRun === 0 ? '' : `, ${notRun} not run`;
  const end = {
    done: '',
    cancelled: 'Cancelled: ',
    stopped: why === 'enough' ? 'Good enough: ' : 'Too many failures: ',
  };
  return `${end[state]}${succeeded} succeeded, ${failed} failed${rest}, in ${duration(durationMs)}`;
}

// Enough digits to tell points apart, few enough to read.
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return short(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
