/** Layers in an order in which data flows through them. */
import type { Edge } from './graph.ts';

/**
 * The layers of a pipeline: one comes before another when a dataset of it leads to a dataset of the other, else by the
 * alphabet. None where they go round in a circle.
 */
export function sortLayers(edges: readonly Edge[], layerOf: (id: string) => string | undefined): string[] {
  const befores = new Map<string, Set<string>>();
  for (const [id, before] of layersBefore(edges, layerOf)) {
    const layer = layerOf(id);
    if (layer === undefined) continue;
    const known = befores.get(layer) ?? new Set<string>();
    for (const each of before) if (each !== layer) known.add(each);
    befores.set(layer, known);
  }
  const sorted: string[] = [];
  while (befores.size > 0) {
    const ready = [...befores].filter(([, before]) => [...before].every((each) => sorted.includes(each)));
    if (ready.length === 0) return [];
    const layers = ready.map(([layer]) => layer).sort();
    sorted.push(...layers);
    for (const layer of layers) befores.delete(layer);
  }
  return sorted;
}

/** Every id → the layers of all that leads to it. */
function layersBefore(edges: readonly Edge[], layerOf: (id: string) => string | undefined): Map<string, Set<string>> {
  const sources = new Map<string, string[]>();
  for (const { source, target } of edges) {
    sources.set(target, [...(sources.get(target) ?? []), source]);
    if (!sources.has(source)) sources.set(source, []);
  }
  const found = new Map<string, Set<string>>();
  const before = (id: string): Set<string> => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const made = new Set<string>();
    found.set(id, made);
    for (const source of sources.get(id) ?? []) {
      for (const layer of before(source)) made.add(layer);
      const own = layerOf(source);
      if (own !== undefined) made.add(own);
    }
    return made;
  };
  for (const id of sources.keys()) before(id);
  return found;
}
