/** When each node ran: bars on one axis of time, by part. */
import { scaleLinear } from 'd3-scale';
import type { RunNodeView } from '../../server/index.ts';
import { StateWord } from '../parts/marks.tsx';
import { duration } from '../words.ts';

interface Bar {
  node: RunNodeView;
  from: number;
  to: number;
}

/** `now` is the end of bars that are still running; left out for a run that has ended. */
export function Timeline({ nodes, now }: { nodes: readonly RunNodeView[]; now: number | undefined }) {
  if (nodes.length === 0) return null;
  const bars = nodes.flatMap((node) => barOf(node, now));
  const others = nodes.filter(({ started_at }) => started_at === undefined);
  return (
    <section aria-label="Nodes">
      <h2>Nodes</h2>
      {bars.length === 0 ? null : <Bars bars={bars} />}
      {others.length === 0 ? null : (
        <ul class="list short">
          {others.map(({ name, part, state }) => (
            <li key={`${part}/${name}`}>
              <StateWord state={state} />
              <span>{name}</span>
              {part === undefined ? null : <span class="aside">{part}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function barOf(node: RunNodeView, now: number | undefined): Bar[] {
  if (node.started_at === undefined) return [];
  const from = Date.parse(node.started_at);
  const to = node.duration_ms === undefined ? (now ?? from) : from + node.duration_ms;
  return [{ node, from, to: Math.max(from, to) }];
}

// At whole seconds, minutes or hours: a tick at 200 seconds would read 3 min 20 s.
function ticksOf(ms: number): number[] {
  const unit = UNITS.find((each) => ms >= 2 * each) ?? 1;
  return scaleLinear([0, ms / unit], [0, 1])
    .ticks(4)
    .map((tick) => tick * unit);
}

const UNITS = [3_600_000, 60_000, 1000];

function Bars({ bars }: { bars: readonly Bar[] }) {
  const start = Math.min(...bars.map(({ from }) => from));
  const end = Math.max(...bars.map(({ to }) => to), start + 1);
  const scale = scaleLinear()
    .domain([0, end - start])
    .range([0, 100]);
  const parts = [...new Set(bars.map(({ node }) => node.part))];
  return (
    <div class="timeline">
      {parts.map((part) => (
        <div key={part}>
          {part === undefined ? null : <h3>{part}</h3>}
          <ol>
            {bars
              .filter(({ node }) => node.part === part)
              .map(({ node, from, to }) => (
                <li key={node.name}>
                  <span class="name" title={node.name}>
                    {node.name}
                  </span>
                  <span class="track">
                    <span
                      class="bar"
                      data-state={node.state}
                      style={{ left: `${scale(from - start)}%`, width: `${scale(to - from)}%` }}
                    />
                  </span>
                  <span class="took">
                    {node.state === 'done' ? null : <StateWord state={node.state} />} {duration(to - from)}
                  </span>
                </li>
              ))}
          </ol>
        </div>
      ))}
      <div class="axis" aria-hidden="true">
        {ticksOf(end - start).map((tick) => (
          <span key={tick} style={{ left: `${scale(tick)}%` }}>
            {tick === 0 ? '0' : duration(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}
