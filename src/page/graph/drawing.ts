/** A pipeline as boxes and lines with their places: nodes, datasets and params, laid out from top to bottom by dagre. */
import { Graph, layout } from '@dagrejs/dagre';
import type { PipelineView } from '../../server/index.ts';

export type BoxKind = 'node' | 'dataset' | 'params';

export interface Box {
  /** `node:clean`, `dataset:readings`. */
  id: string;
  kind: BoxKind;
  name: string;
  /** The name, cut where it is long. */
  label: string;
  /** Of its middle. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  id: string;
  kind: BoxKind;
  /** Of an SVG path. */
  path: string;
}

export interface Drawing {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

const FONT = '550 13px system-ui, sans-serif';
const MOST_LETTERS = 32;
const HEIGHTS: Record<BoxKind, number> = { node: 34, dataset: 26, params: 22 };

/** Lays a pipeline out. `withParams` false leaves params out. */
export function drawingOf({ nodes }: PipelineView, withParams: boolean): Drawing {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 34, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const kinds = new Map<string, { kind: BoxKind; name: string }>();
  const add = (kind: BoxKind, name: string) => {
    const id = `${kind}:${name}`;
    if (!kinds.has(id)) graph.setNode(id, sizeOf(kind, name));
    kinds.set(id, { kind, name });
    return id;
  };
  for (const { name, inputs, outputs } of nodes) {
    const node = add('node', name);
    for (const input of inputs.map(stored)) {
      const kind = isParams(input) ? 'params' : 'dataset';
      if (kind === 'dataset' || withParams) graph.setEdge(add(kind, input), node);
    }
    for (const output of outputs.map(stored)) graph.setEdge(node, add('dataset', output));
  }
  layout(graph);
  return drawn(graph, kinds);
}

function drawn(graph: Graph, kinds: ReadonlyMap<string, { kind: BoxKind; name: string }>): Drawing {
  const boxes = [...kinds].map(([id, { kind, name }]) => {
    const { x = 0, y = 0, width, height } = graph.node(id) as { x?: number; y?: number; width: number; height: number };
    return { id, kind, name, label: cut(name), x, y, width, height };
  });
  const lines = graph.edges().map((edge) => ({
    id: `${edge.v} ${edge.w}`,
    kind: kinds.get(edge.v)?.kind ?? 'dataset',
    path: pathOf((graph.edge(edge) as { points?: { x: number; y: number }[] }).points ?? []),
  }));
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { boxes, lines, width, height };
}

/** The box that is next to `from` in the direction of an arrow key; undefined for another key, or where there is none. */
export function neighbourOf(boxes: readonly Box[], from: Box, key: string): Box | undefined {
  const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (way === undefined) return undefined;
  const [across = 0, along = 0] = way;
  let best: { box: Box; distance: number } | undefined;
  for (const box of boxes) {
    const ahead = (box.x - from.x) * across + (box.y - from.y) * along;
    const aside = Math.abs((box.x - from.x) * along) + Math.abs((box.y - from.y) * across);
    // What lies more aside than ahead belongs to another arrow.
    const distance = ahead + 2 * aside;
    if (ahead > 1 && (across === 0 || aside < 20) && (best === undefined || distance < best.distance))
      best = { box, distance };
  }
  return best?.box;
}

/** `params:rate` and the whole `parameters`. */
export function isParams(name: string): boolean {
  return name.startsWith('params:') || name === 'parameters';
}

// `readings@pandas` and `readings@spark` are one dataset.
function stored(name: string): string {
  return name.split('@')[0] ?? name;
}

function sizeOf(kind: BoxKind, name: string): { width: number; height: number } {
  return { width: Math.ceil(widthOf(cut(name))) + (kind === 'node' ? 48 : 28), height: HEIGHTS[kind] };
}

let pen: CanvasRenderingContext2D | null = null;

function widthOf(text: string): number {
  pen ??= document.createElement('canvas').getContext('2d');
  if (pen === null) return text.length * 8;
  pen.font = FONT;
  return pen.measureText(text).width;
}

function cut(name: string): string {
  const shown = name.replace(/^params:/, '');
  return shown.length <= MOST_LETTERS ? shown : `${shown.slice(0, MOST_LETTERS - 1)}…`;
}

// Through the middles of the segments, so that a line turns without a corner.
function pathOf(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const curves = rest.slice(0, -1).map((point, i) => {
    const next = rest[i + 1] ?? last;
    const end = i === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return [`M${first.x} ${first.y}`, ...(curves.length === 0 ? [`L${last.x} ${last.y}`] : curves)].join('');
}
