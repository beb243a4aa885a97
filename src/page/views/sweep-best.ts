/** The best points of a sweep: by the metric, and in the direction, in which the endpoint's best one is the best. */
import type { SweepView } from '../../server/index.ts';
import { measuresOf } from '../plot/axes.ts';
import { figure } from '../words.ts';

const SHOWN = 10;

export interface Goal {
  metric: string;
  sign: 1 | -1;
}

/** What the sweep is after; undefined where it has no best point, or the best is not the best of any metric. */
export function goalOf({ best, metrics, points }: Pick<SweepView, 'best' | 'metrics' | 'points'>): Goal | undefined {
  for (const metric of metrics) {
    const value = best?.metrics[metric];
    const others = points.map((point) => point.metrics[metric]).filter((other) => other !== undefined);
    if (value === undefined || others.length === 0) continue;
    if (others.every((other) => other <= value)) return { metric, sign: -1 };
    if (others.every((other) => other >= value)) return { metric, sign: 1 };
  }
  return undefined;
}

/** Rows for a table: metrics, then params. In the order of the endpoint where no goal is known. */
export function bestOf(view: SweepView): { index: number; cells: string[] }[] {
  const goal = goalOf(view);
  const { xs, ys } = measuresOf(view.params, view.metrics);
  const columns = [...ys, ...xs.filter(({ id }) => id !== 'index')];
  const ordered =
    goal === undefined ? view.points : [...view.points].sort((a, b) => difference(a.metrics, b.metrics, goal));
  return ordered.slice(0, SHOWN).map((point) => ({
    index: point.index,
    cells: columns.map(({ read }) => wordOf(read(point))),
  }));
}

function difference(a: Record<string, number>, b: Record<string, number>, { metric, sign }: Goal): number {
  const worst = Number.POSITIVE_INFINITY;
  const of = (values: Record<string, number>) => (values[metric] === undefined ? worst : values[metric] * sign);
  const [first, second] = [of(a), of(b)];
  return first === second ? 0 : first - second;
}

function wordOf(value: number | string | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? figure(value) : value;
}
