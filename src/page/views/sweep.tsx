/** A sweep: how far it is, its points as a plot, and the best of them. */
import { useMemo, useState } from 'preact/hooks';
import type { SweepView } from '../../server/index.ts';
import { useTopic } from '../live/hooks.ts';
import { usePainted } from '../live/painted.ts';
import { Table } from '../parts/fields.tsx';
import { Mark } from '../parts/marks.tsx';
import { Empty, Ready } from '../parts/notes.tsx';
import { Values } from '../parts/values.tsx';
import { Way } from '../parts/way.tsx';
import { type Measure, measuresOf } from '../plot/axes.ts';
import { Scatter } from '../plot/scatter.tsx';
import { to } from '../routes.ts';
import { bestOf } from './sweep-best.ts';
import { SweepPanel } from './sweep-panel.tsx';

export function SweepPage({ id }: { id: string }) {
  const known = useTopic<SweepView>(`sweep:${id}`);
  usePainted(known.value !== undefined);
  return (
    <>
      <Way steps={[['Jobs', to.overview]]} />
      <h1 tabIndex={-1}>Sweep</h1>
      <p class="aside">
        <code>{id}</code>
      </p>
      <Ready known={known} what="the sweep">
        {(view) => (
          <>
            <SweepPanel view={view} />
            <Points view={view} />
            <Failures view={view} />
            {Object.keys(view.reduced).length === 0 ? null : (
              <section aria-label="Reduced">
                <h2>Reduced</h2>
                <Values values={view.reduced} />
              </section>
            )}
          </>
        )}
      </Ready>
    </>
  );
}

function Points({ view }: { view: SweepView }) {
  const { points, params, metrics, best, points_from } = view;
  const names = `${params.join()} ${metrics.join()}`;
  const { xs, ys } = useMemo(() => measuresOf(params, metrics), [names]);
  const [choice, setChoice] = useState<{ x?: string; y?: string; shade?: string }>({});
  const x = xs.find(({ id }) => id === choice.x) ?? xs[0];
  const y = ys.find(({ id }) => id === choice.y) ?? ys[0];
  const all = [...xs, ...ys];
  const shade = all.find(({ id }) => id === choice.shade);
  if (x === undefined || y === undefined || points.length === 0)
    return (
      <Empty>
        {points_from === 'none'
          ? 'This sweep keeps no points: it has no metric and no rows.'
          : 'No point has ended yet.'}
      </Empty>
    );
  return (
    <section aria-labelledby="points">
      <h2 id="points">Points</h2>
      {points_from === 'best' ? <p class="aside">Only the best points are kept; a sweep with rows keeps all.</p> : null}
      <div class="choices">
        <Select label="Across" measures={xs} value={x.id} onChange={(id) => setChoice({ ...choice, x: id })} />
        <Select label="Up" measures={ys} value={y.id} onChange={(id) => setChoice({ ...choice, y: id })} />
        <Select
          label="Shade"
          measures={all}
          value={shade?.id ?? ''}
          none
          onChange={(id) => setChoice({ ...choice, shade: id })}
        />
      </div>
      <Scatter points={points} x={x} y={y} shade={shade} best={best} />
      <Best view={view} />
    </section>
  );
}

interface SelectProps {
  label: string;
  measures: readonly Measure[];
  value: string;
  none?: boolean;
  onChange(id: string): void;
}

function Select({ label, measures, value, none = false, onChange }: SelectProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {none ? <option value="">none</option> : null}
        {measures.map(({ id, label: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Best({ view }: { view: SweepView }) {
  const { params, metrics } = view;
  const rows = bestOf(view);
  return (
    <>
      <h3>Best</h3>
      <Table
        caption="Best points"
        heads={['Point', ...metrics, ...params]}
        numbers={[0, ...metrics.map((_, i) => i + 1)]}
        rows={rows.map(({ index, cells }) => ({ key: String(index), cells: [index, ...cells] }))}
      />
    </>
  );
}

function Failures({ view: { failures } }: { view: SweepView }) {
  if (failures.length === 0) return null;
  return (
    <section aria-label="Failures">
      <h2>Failures</h2>
      <ul class="list failures">
        {failures.map(({ index, code, message }) => (
          <li key={index}>
            <Mark state="failed" />
            <span>point {index}</span>
            <code>{code}</code>
            <span class="message">{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
