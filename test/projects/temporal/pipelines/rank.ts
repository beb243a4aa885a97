/** Looks at all points of a sweep. */
import { node, pipeline } from 'kedro-temporal';

interface Row {
  index: number;
  params: { x: number };
  metrics: Record<string, number>;
  error?: { code: string };
}

function rank(points: Row[]) {
  const good = points.filter(({ error }) => error === undefined);
  return {
    rows: points.length,
    inOrder: points.every(({ index }, i) => i === 0 || index > (points[i - 1]?.index ?? 0)),
    failed: points.filter(({ error }) => error !== undefined).map(({ params, error }) => [params.x, error?.code]),
    ranking: good
      .toSorted((a, b) => (b.metrics['score.value'] ?? 0) - (a.metrics['score.value'] ?? 0))
      .map(({ params }) => params.x),
  };
}

export default pipeline([node(rank, { inputs: 'points', outputs: 'ranked', name: 'rank' })]);
