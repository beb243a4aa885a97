/**
 * A pipeline's graph. It stands in a box that scrolls, so wheel, touch and keys move it as they move any page; a mouse drags
 * it. One of its boxes is in the tab order, arrows go to the next one, Enter selects.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunNodeView } from '../../server/index.ts';
import type { Box, Drawing } from './drawing.ts';
import { neighbourOf } from './drawing.ts';
import { usePanning } from './panning.ts';

const ZOOMS = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2];
const FITTING = 1;

// Of the screen; the style sheet keeps the frame so.
const TALLEST = 0.7;

interface GraphProps {
  drawing: Drawing;
  selected: string | undefined;
  states: ReadonlyMap<string, RunNodeView['state']>;
  onSelect(id: string): void;
}

export function Graph({ drawing, selected, states, onSelect }: GraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(FITTING);
  const step = (by: number) => setZoom((now) => zoomAfter(now, by));
  const fit = () => setZoom(fittingZoom(frame.current, drawing));
  useEffect(fit, [drawing.width, drawing.height]);
  usePanning(frame, step);
  return (
    <div class="graph">
      <fieldset class="zoom">
        <legend class="unseen">Zoom</legend>
        <button type="button" aria-label="Zoom out" onClick={() => step(-1)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => step(1)}>
          +
        </button>
        <button type="button" onClick={fit}>
          Fit
        </button>
      </fieldset>
      <div ref={frame} class="frame" role="listbox" aria-label="Nodes and datasets" tabIndex={-1}>
        <svg
          width={drawing.width * zoom}
          height={drawing.height * zoom}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          role="presentation"
        >
          <g>
            {drawing.lines.map(({ id, kind, path }) => (
              <path key={id} class="line" data-kind={kind} d={path} />
            ))}
          </g>
          <Boxes boxes={drawing.boxes} selected={selected} states={states} onSelect={onSelect} />
        </svg>
      </div>
    </div>
  );
}

type BoxesProps = Pick<GraphProps, 'selected' | 'states' | 'onSelect'> & { boxes: readonly Box[] };

function Boxes({ boxes, selected, states, onSelect }: BoxesProps) {
  const [tabStop, setTabStop] = useState<string>();
  const stop = boxes.some(({ id }) => id === tabStop) ? tabStop : boxes.find(({ kind }) => kind === 'node')?.id;
  const onKey = (box: Box, event: KeyboardEvent) => {
    if (event.key === 'Enter' || event.key === ' ') onSelect(box.id);
    const next = neighbourOf(boxes, box, event.key);
    if (next === undefined && event.key !== ' ') return;
    event.preventDefault();
    const svg = (event.currentTarget as Element).closest('svg');
    const target = [...(svg?.querySelectorAll<SVGGElement>('[role=option]') ?? [])][
      next === undefined ? -1 : boxes.indexOf(next)
    ];
    target?.focus();
  };
  return (
    <>
      {boxes.map((box) => (
        <g
          key={box.id}
          role="option"
          class="box"
          data-kind={box.kind}
          data-state={box.kind === 'node' ? states.get(box.name) : undefined}
          aria-selected={box.id === selected}
          aria-label={labelOf(box, states)}
          tabIndex={box.id === stop ? 0 : -1}
          transform={`translate(${box.x - box.width / 2} ${box.y - box.height / 2})`}
          onClick={() => onSelect(box.id)}
          onFocus={() => setTabStop(box.id)}
          onKeyDown={(event) => onKey(box, event)}
        >
          <title>{labelOf(box, states)}</title>
          <rect width={box.width} height={box.height} rx={box.kind === 'node' ? 6 : box.height / 2} />
          <Label box={box} state={box.kind === 'node' ? states.get(box.name) : undefined} />
        </g>
      ))}
    </>
  );
}

function Label({ box, state }: { box: Box; state: RunNodeView['state'] | undefined }) {
  return (
    <>
      {state === undefined ? null : <StateSign state={state} height={box.height} />}
      <text x={box.width / 2 + (state === undefined ? 0 : 10)} y={box.height / 2} dy="0.35em">
        {box.label}
      </text>
    </>
  );
}

const SIGNS: Record<RunNodeView['state'], string> = {
  waiting: '○',
  running: '◐',
  done: '✓',
  skipped: '–',
  failed: '✕',
};

function StateSign({ state, height }: { state: RunNodeView['state']; height: number }) {
  return (
    <text class="sign" x={17} y={height / 2} dy="0.35em">
      {SIGNS[state]}
    </text>
  );
}

function labelOf({ kind, name }: Box, states: GraphProps['states']): string {
  const state = kind === 'node' ? states.get(name) : undefined;
  return state === undefined ? `${kind} ${name}` : `${kind} ${name}: ${state}`;
}

function zoomAfter(now: number, by: number): number {
  const at = ZOOMS.findIndex((zoom) => zoom >= now - 0.01);
  const from = at < 0 ? ZOOMS.length - 1 : at;
  return ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, from + by))] ?? FITTING;
}

// Never larger than life, and never too small to read: what does not fit then is scrolled to.
function fittingZoom(frame: HTMLElement | null, { width, height }: Drawing): number {
  if (frame === null || width === 0) return FITTING;
  const exact = Math.min((frame.clientWidth - 2) / width, (innerHeight * TALLEST) / height, FITTING);
  return Math.max(0.6, Math.floor(exact * 100) / 100);
}
