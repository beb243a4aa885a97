/**
 * A sweep's points. Points of one shade are one path of the drawing, dots as line ends: five elements for 5,000 points, and
 * colours that follow the theme.
 */
import { useMemo, useState } from 'preact/hooks';
import type { SweepPoint } from '../../server/index.ts';
import { figure } from '../words.ts';
import { axisOf, boundsOf, type Measure } from './axes.ts';
import { useWidth } from './width.ts';

const HEIGHT = 340;
const MARGIN = { left: 64, right: 28, top: 12, bottom: 44 };
const SHADES = 5;
const NEAR = 20;

interface ScatterProps {
  points: readonly SweepPoint[];
  x: Measure;
  y: Measure;
  shade: Measure | undefined;
  best: SweepPoint | undefined;
}

interface Dot {
  point: SweepPoint;
  left: number;
  top: number;
  shade: number;
}

export function Scatter({ points, x, y, shade, best }: ScatterProps) {
  const { place, width } = useWidth(640);
  const [near, setNear] = useState<Dot>();
  const drawn = useMemo(() => dotsOf(points, x, y, shade, width), [points, x, y, shade, width]);
  const bestDot = drawn.dots.find(({ point }) => point.index === best?.index);
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    setNear(nearest(drawn.dots, event.clientX - box.left, event.clientY - box.top));
  };
  return (
    <figure class="plot">
      <div ref={place} />
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`${y.label} by ${x.label}, ${drawn.dots.length} points`}
        onPointerMove={point}
        onPointerLeave={() => setNear(undefined)}
      >
        <Axes width={width} x={drawn.x} y={drawn.y} labels={[x.label, y.label]} />
        {drawn.paths.map((path, step) => (
          <path key={step} class="dots" data-shade={shade === undefined ? SHADES : step + 1} d={path} />
        ))}
        {bestDot === undefined ? null : <circle class="best" cx={bestDot.left} cy={bestDot.top} r={8} />}
        {near === undefined ? null : <circle class="near" cx={near.left} cy={near.top} r={6} />}
      </svg>
      {shade === undefined || drawn.shades === undefined ? null : <Key label={shade.label} bounds={drawn.shades} />}
      <figcaption>
        {near === undefined ? 'Point at a dot to read it. The ring marks the best.' : wordsOf(near.point)}
      </figcaption>
    </figure>
  );
}

function dotsOf(points: readonly SweepPoint[], x: Measure, y: Measure, shade: Measure | undefined, width: number) {
  const across = axisOf(points.map(x.read), [MARGIN.left, width - MARGIN.right], width < 480 ? 4 : 8);
  const up = axisOf(points.map(y.read), [HEIGHT - MARGIN.bottom, MARGIN.top], 6);
  const shadeValues = shade === undefined ? [] : points.map(shade.read);
  const numbers = shadeValues.filter((value) => typeof value === 'number');
  const shades = numbers.length === 0 ? undefined : boundsOf(numbers);
  const dots = points.flatMap((point, i): Dot[] => {
    const [left, top] = [across.at(x.read(point)), up.at(y.read(point))];
    if (left === undefined || top === undefined) return [];
    return [{ point, left, top, shade: stepOf(shadeValues[i], shades) }];
  });
  const paths = Array.from({ length: SHADES }, () => '');
  for (const { left, top, shade: step } of dots) paths[step] += `M${left.toFixed(1)} ${top.toFixed(1)}h0`;
  return { x: across, y: up, dots, paths, shades };
}

function stepOf(value: number | string | undefined, bounds: { least: number; most: number } | undefined): number {
  if (bounds === undefined || typeof value !== 'number') return 0;
  return Math.min(SHADES - 1, Math.floor(((value - bounds.least) / (bounds.most - bounds.least)) * SHADES));
}

interface AxesProps {
  width: number;
  x: ReturnType<typeof axisOf>;
  y: ReturnType<typeof axisOf>;
  labels: [x: string, y: string];
}

function Axes({ width, x, y, labels }: AxesProps) {
  const bottom = HEIGHT - MARGIN.bottom;
  return (
    <g class="axes">
      {y.ticks.map(({ at, text }) => (
        <g key={text} transform={`translate(0 ${at})`}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} />
          <text class="of-y" x={MARGIN.left - 8} dy="0.35em">
            {text}
          </text>
        </g>
      ))}
      {x.ticks.map(({ at, text }) => (
        <g key={text} transform={`translate(${at} ${bottom})`}>
          <line y2={5} />
          <text class="of-x" y={18}>
            {text}
          </text>
        </g>
      ))}
      <text class="of-x title" x={(MARGIN.left + width - MARGIN.right) / 2} y={HEIGHT - 6}>
        {labels[0]}
      </text>
      <text class="of-x title" transform={`translate(12 ${bottom / 2}) rotate(-90)`}>
        {labels[1]}
      </text>
    </g>
  );
}

function Key({ label, bounds: { least, most } }: { label: string; bounds: { least: number; most: number } }) {
  return (
    <p class="key">
      <span>{label}</span>
      <span>{figure(least)}</span>
      {Array.from({ length: SHADES }, (_, step) => (
        <i key={step} data-shade={step + 1} />
      ))}
      <span>{figure(most)}</span>
    </p>
  );
}

function nearest(dots: readonly Dot[], left: number, top: number): Dot | undefined {
  let best: Dot | undefined;
  let least = NEAR;
  for (const dot of dots) {
    const distance = Math.hypot(dot.left - left, dot.top - top);
    if (distance >= least) continue;
    best = dot;
    least = distance;
  }
  return best;
}

function wordsOf({ index, params, metrics }: SweepPoint): string {
  const of = (values: object) => Object.entries(values).map(([name, value]) => `${name} ${shown(value)}`);
  return [`point ${index}`, ...of(params), ...of(metrics)].join(' · ');
}

function shown(value: unknown): string {
  if (typeof value === 'number') return figure(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
