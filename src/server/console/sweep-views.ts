/** Sweeps as answers. */
import type { ListedSweep, SweepStanding } from '../../client/index.ts';
import { isPlainObject, type JsonObject } from '../../core/index.ts';
import { orderOf, pointsOf, type ReducedPoint } from '../../planner/index.ts';
import type { SweepGoal, SweepPoint, SweepSummaryView, SweepView } from '../api.ts';
import { redactedError } from '../redaction.ts';
import { rounded } from './backfill-views.ts';

/** Most points of an answer. */
export const MOST_POINTS = 5000;

export function sweepSummaryView({ id, phase, state, startedAt, endedAt }: ListedSweep): SweepSummaryView {
  return {
    id,
    phase,
    ...(state === undefined ? {} : { state }),
    started_at: startedAt,
    ...(endedAt === undefined ? {} : { ended_at: endedAt }),
  };
}

/** A sweep; `rows`: its points as their rows say them, where they can be read. */
export function sweepView(sweep: SweepStanding, rows: SweepPoint[] | undefined, links: SweepView['links']): SweepView {
  const { input, best, notRun } = sweep;
  const points = rows ?? best.slice(0, MOST_POINTS);
  const first = sweep.best.length === 0 ? undefined : bestOf(sweep);
  const goal = goalOf(sweep);
  return {
    ...sweepSummaryView(sweep),
    pipelines: input.request.pipelines ?? ['__default__'],
    total: sweep.total,
    succeeded: sweep.succeeded,
    failed: sweep.failed,
    running: sweep.running,
    ...(notRun === undefined ? {} : { not_run: notRun }),
    rate: rounded(sweep.rate),
    ...(first === undefined ? {} : { best: first }),
    ...(goal === undefined ? {} : { goal }),
    params: paramsOf(sweep),
    metrics: [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))],
    points,
    points_from: rows !== undefined ? 'rows' : points.length > 0 ? 'best' : 'none',
    reduced: sweep.reduced as unknown as SweepView['reduced'],
    failures: sweep.failures.map(redactedError),
    links,
  };
}

/** The best point by the first reducer that keeps the best. */
function bestOf({ input: { reduce = {} }, reduced, best }: SweepStanding): ReducedPoint | undefined {
  for (const [name, reducer] of Object.entries(reduce)) {
    const top = reduced[name];
    if (!('topK' in reducer) || !Array.isArray(top)) continue;
    return best.find(({ index }) => index === top[0]?.index);
  }
  return undefined;
}

function goalOf({ input: { reduce = {}, stopWhen } }: SweepStanding): SweepGoal | undefined {
  for (const reducer of Object.values(reduce)) {
    if ('topK' in reducer) return { metric: reducer.topK.metric, order: reducer.topK.order ?? 'max' };
  }
  return stopWhen === undefined ? undefined : { metric: stopWhen.metric, order: orderOf(stopWhen) };
}

const LOOKS = 64;

/** The params that differ between points, as far as some of them show it. */
function paramsOf({ id, input }: SweepStanding): string[] {
  const points = pointsOf(input.points, id);
  const seen = new Map<string, Set<string>>();
  const looks = Math.min(LOOKS, points.count);
  for (let look = 0; look < looks; look++) {
    // The first half one after the other, the rest spread: what changes fast and what changes slowly.
    const index = look < looks / 2 ? look : Math.floor((look * (points.count - 1)) / Math.max(1, looks - 1));
    for (const [name, value] of leavesOf(points.at(index))) {
      seen.set(name, (seen.get(name) ?? new Set()).add(JSON.stringify(value)));
    }
  }
  return [...seen].filter(([, values]) => values.size > 1).map(([name]) => name);
}

function leavesOf(value: JsonObject, above = ''): [name: string, value: unknown][] {
  return Object.entries(value).flatMap(([key, each]): [string, unknown][] =>
    isPlainObject(each) ? leavesOf(each as JsonObject, `${above}${key}.`) : [[`${above}${key}`, each]],
  );
}
