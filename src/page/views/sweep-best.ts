/** The best points of a sweep, by what it is after. */
import type { SweepGoal, SweepView } from '../../server/index.ts';
import { measuresOf } from '../plot/axes.ts';
import { figure } from '../words.ts';

const SHOWN = 10;

/** Rows for a table: metrics, then params. In the order of the endpoint where no goal is known. */
export function bestOf(view: SweepView): { index: number; cells: string[] }[] {
  const { goal } = view;
  const { xs, ys } = measuresOf(view.params, view.metrics);
  const columns = [...ys, ...xs.filter(({ id }) => id !== 'index')];
  const ordered =
    goal === undefined ? view.points : [...view.points].sort((a, b) => difference(a.metrics, b.metrics, goal));
  return ordered.slice(0, SHOWN).map((point) => ({
    index: point.index,
    cells: columns.map(({ read }) => wordOf(read(point))),
  }));
}

// Points without the metric come last.
function difference(a: Record<string, number>, b: Record<string, number>, { metric, order }: SweepGoal): number {
  const sign = order === 'min' ? 1 : -1;
  const of = (values: Record<string, number>) => (values[metric] ?? sign * Number.POSITIVE_INFINITY) * sign;
  const [first, second] = [of(a), of(b)];
  return first === second ? 0 : first - second;
}

function wordOf(value: number | string | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? figure(value) : value;
}
