/** Exports side by side: sorted where order says nothing, and without the differences that `docs/kedro-viz.md` names. */
import path from 'node:path';
import type { JsonObject, JsonValue } from '../../src/core/index.ts';
import type { Export } from './kedro-viz.ts';

/** An export as it is compared. `project`: where paths of it start. */
export function comparable(made: Export, project: string): Export {
  const files = Object.entries(made).filter(([file]) => file !== 'version');
  return Object.fromEntries(
    files.map(([file, content]) => [file, sorted(known(file, content, project)) as JsonObject]),
  );
}

/** Pictures with names where they have ids: of projects whose functions have other names. */
export function named(made: Export): Record<string, JsonValue> {
  const label = new Map<string, string>();
  for (const { nodes } of pictures(made)) {
    for (const { id, type, name, full_name } of nodes as JsonObject[])
      label.set(String(id), `${type} ${full_name ?? name}`);
  }
  const rename = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return label.get(value) ?? value;
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rename(item)]));
  };
  const renamed = Object.entries(made).map(([file, content]) => {
    const [folder, id] = file.split('/');
    const ownName = folder === 'nodes' ? `nodes/${label.get(id ?? '')}` : file;
    return [ownName, folder === 'nodes' ? content : rename(content)] as const;
  });
  return sorted(Object.fromEntries(renamed)) as Record<string, JsonValue>;
}

export function pictures(made: Export): JsonObject[] {
  return Object.entries(made).flatMap(([file, each]) =>
    file === 'main' || file.startsWith('pipelines/') ? [each] : [],
  );
}

interface Picture {
  nodes: { layer?: string | null; modular_pipelines: string[] | null }[];
  layers: string[];
  modular_pipelines: Record<string, { children: { id: string; type: string }[] }>;
}

function known(file: string, content: JsonObject, project: string): JsonObject {
  if (file.startsWith('nodes/')) return knownDetails(content, project);
  return isPicture(content) ? (knownPicture(content) as unknown as JsonObject) : content;
}

function isPicture(content: object): content is Picture {
  return 'modular_pipelines' in content;
}

function knownPicture(picture: Picture): Picture {
  const { nodes, layers, modular_pipelines: tree } = picture;
  const root = tree.__root__ ?? { children: [] };
  // It lists a parameter twice, once as data.
  const parameters = root.children.filter(({ type }) => type === 'parameters').map(({ id }) => id);
  const children = root.children.filter(({ id, type }) => type !== 'data' || !parameters.includes(id));
  return {
    ...picture,
    // It lists the layers of all pipelines in each, and a dataset's modular pipelines in another.
    layers: layers.filter((layer) => nodes.some((node) => node.layer === layer)),
    nodes: nodes.map((node) => {
      const here = node.modular_pipelines?.filter((id) => Object.hasOwn(tree, id)) ?? [];
      return { ...node, modular_pipelines: here.length === 0 ? null : here };
    }),
    modular_pipelines: { ...tree, __root__: { ...root, children } },
  };
}

function knownDetails(content: JsonObject, project: string): JsonObject {
  // Of a modular pipeline it saves the answer and its headers, where it serves an empty object.
  if ('raw_headers' in content) return {};
  const { filepath } = content;
  const isAbsolute = typeof filepath === 'string' && path.isAbsolute(filepath);
  return {
    ...content,
    ...(isAbsolute ? { filepath: path.relative(project, filepath) } : {}),
    // It fills what waits for a run's params, where there is a default.
    ...(/\$\{|history\/all\.json$/.test(String(filepath)) ? { filepath: null } : {}),
    // What a dataset looks like inside is not known without data.
    ...('preview' in content ? { preview: null } : {}),
    ...('preview_type' in content ? { preview_type: null } : {}),
    // Of a function that another one has made it shows what that was given.
    ...(String(content.code).startsWith(' ') ? { code: null } : {}),
  };
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
