/** One file's YAML (or JSON, which is YAML) to a tree of nodes, as PyYAML under OmegaConf reads it. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import { PipelineError } from '../core/index.ts';
import { readInterpolation } from './interpolation.ts';
import { type ConfigNode, type Layer, type MapNode, mapNode, type Place, valueNode } from './node.ts';
import { readPlain, readTagged, type Scalar as ScalarValue } from './scalar.ts';

interface Reading {
  readonly file: string;
  readonly layer: Layer;
  readonly lines: LineCounter;
  readonly resolve: (node: unknown) => Node | undefined;
  /** Aliased nodes that are being built: one of them inside itself has no end. */
  readonly open: Set<Node>;
  built: number;
}

// A file that aliases blow up beyond this is a mistake or an attack; a real catalog has some thousand nodes.
const MOST_NODES = 200_000;

/** Reads `text`, the content of `file` (named in messages). Throws `CONFIG_SYNTAX`. */
export function readDocument(text: string, file: string, layer: Layer): MapNode {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : (node as Node | undefined));
  const reading: Reading = { file, layer, lines, resolve, open: new Set(), built: 0 };
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw syntaxError(reading, problem.pos[0], whyInvalid(problem, text), problem);
  }
  const contents = document.contents;
  if (contents === null || (isScalar(contents) && scalarValue(contents, reading).value === null)) return mapNode();
  if (!isMap(contents)) throw syntaxError(reading, contents.range?.[0] ?? 0, 'Its top level must be a mapping.');
  return buildMap(contents, [], reading);
}

function build(given: unknown, path: readonly string[], reading: Reading): ConfigNode {
  const node = reading.resolve(given);
  if (node === undefined || node === null) {
    if (isAlias(given)) throw syntaxError(reading, given.range?.[0] ?? 0, `No anchor is named "${given.source}".`);
    return valueNode(null);
  }
  const start = node.range?.[0] ?? 0;
  reading.built += 1;
  if (reading.built > MOST_NODES) {
    throw syntaxError(reading, start, `It has more than ${MOST_NODES} values once its aliases are expanded.`);
  }
  if (reading.open.has(node)) throw syntaxError(reading, start, 'An alias stands inside its own anchor.');
  reading.open.add(node);
  try {
    if (isScalar(node)) return buildScalar(node, path, reading);
    checkCollectionTag(node, reading);
    if (isMap(node)) return buildMap(node, path, reading);
    if (!isSeq(node)) throw syntaxError(reading, start, 'It has a value that is no scalar, list or mapping.');
    const items = node.items.map((item, index) => build(item, [...path, String(index)], reading));
    return Object.freeze({ kind: 'list', items: Object.freeze(items) });
  } finally {
    reading.open.delete(node);
  }
}

function buildMap(node: YAMLMap, path: readonly string[], reading: Reading): MapNode {
  const entries = new Map<string, ConfigNode>();
  for (const [key, value] of pairs(node, reading)) entries.set(key, build(value, [...path, key], reading));
  return mapNode(entries);
}

/** Keys and value nodes of a mapping, with what `<<` brings first; the mapping's own values win. */
function pairs(node: YAMLMap, reading: Reading): Map<string, unknown> {
  const own = new Map<string, unknown>();
  const merged = new Map<string, unknown>();
  for (const pair of node.items) {
    const keyNode = reading.resolve(pair.key);
    if (isScalar(keyNode) && keyNode.type === 'PLAIN' && keyNode.value === '<<' && keyNode.tag === undefined) {
      for (const [key, value] of mergedPairs(pair.value, reading)) merged.set(key, value);
      continue;
    }
    const key = keyText(keyNode, reading, node);
    if (own.has(key)) {
      throw syntaxError(reading, keyNode?.range?.[0] ?? 0, `The key "${key}" stands twice in one mapping.`);
    }
    own.set(key, pair.value);
  }
  return new Map([...merged, ...own]);
}

function mergedPairs(given: unknown, reading: Reading): Map<string, unknown> {
  const node = reading.resolve(given);
  const start = node?.range?.[0] ?? 0;
  if (isMap(node)) {
    if (reading.open.has(node)) throw syntaxError(reading, start, 'A mapping is merged into itself.');
    reading.open.add(node);
    try {
      return pairs(node, reading);
    } finally {
      reading.open.delete(node);
    }
  }
  if (!isSeq(node)) throw syntaxError(reading, start, '"<<" takes a mapping or a list of mappings.');
  const found = new Map<string, unknown>();
  // The first of the list wins, so it comes last.
  for (const item of [...node.items].reverse()) {
    if (!isMap(reading.resolve(item))) throw syntaxError(reading, start, '"<<" takes a mapping or a list of mappings.');
    for (const [key, value] of mergedPairs(item, reading)) found.set(key, value);
  }
  return found;
}

/** A key as JSON writes it: numbers and booleans become their text. */
function keyText(node: Node | undefined, reading: Reading, parent: YAMLMap): string {
  const start = node?.range?.[0] ?? parent.range?.[0] ?? 0;
  if (!isScalar(node)) throw syntaxError(reading, start, 'A key must be a scalar.');
  const { value, text } = scalarValue(node, reading);
  if (value === null) throw syntaxError(reading, start, 'A key must not be null.');
  return typeof value === 'number' && text !== undefined ? text : String(value);
}

function buildScalar(node: Scalar, path: readonly string[], reading: Reading): ConfigNode {
  const { value, text } = scalarValue(node, reading);
  if (typeof value !== 'string' || !value.includes('${')) return valueNode(value, text);
  const line = reading.lines.linePos(node.range?.[0] ?? 0).line;
  const place: Place = Object.freeze({
    layer: reading.layer,
    file: reading.file,
    line,
    path: Object.freeze([...path]),
  });
  try {
    const parts = readInterpolation(value);
    if (parts.every((part) => typeof part === 'string')) return valueNode(parts.join(''));
    return Object.freeze({ kind: 'text', source: value, parts, place });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return Object.freeze({ kind: 'broken', source: value, reason: error.message, place });
  }
}

function scalarValue(node: Scalar, reading: Reading): ScalarValue {
  const source = typeof node.value === 'string' ? node.value : '';
  if (node.tag === undefined) return node.type === 'PLAIN' ? readPlain(source) : { value: source };
  if (node.tag === '!') return { value: source };
  const type = /^(?:tag:yaml\.org,2002:|!!)(\w+)$/.exec(node.tag)?.[1] ?? '';
  const scalar = readTagged(type, source);
  if (scalar !== undefined) return scalar;
  throw syntaxError(
    reading,
    node.range?.[0] ?? 0,
    `The tag "${node.tag}" has no value here; write the value without it.`,
  );
}

function checkCollectionTag(node: Node, reading: Reading): void {
  if (node.tag === undefined || /^(?:tag:yaml\.org,2002:|!!)(?:map|seq)$/.test(node.tag)) return;
  throw syntaxError(
    reading,
    node.range?.[0] ?? 0,
    `The tag "${node.tag}" has no value here; write the value without it.`,
  );
}

function whyInvalid(problem: YAMLParseError, text: string): string {
  // The library's sentence about several documents is advice for programmers.
  if (problem.code === 'MULTIPLE_DOCS') return 'A configuration file holds one document.';
  const hole = text.slice(problem.pos[0] - 1, problem.pos[0] + 1) === '${';
  return `${problem.message}.${hole ? ' Inside [ ] and { }, put quotes around a text with "${".' : ''}`;
}

function syntaxError(reading: Reading, offset: number, why: string, cause?: unknown): PipelineError {
  const { line, col } = reading.lines.linePos(offset);
  return new PipelineError('CONFIG_SYNTAX', `${reading.file}:${line}:${col} cannot be read. ${why}`, {
    cause,
    details: { file: reading.file, line, column: col },
  });
}
