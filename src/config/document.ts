/** One file's YAML (or JSON, which is YAML) to a tree of nodes, as PyYAML under OmegaConf reads it. */
import { PipelineError } from '../core/index.ts';
import { readInterpolation } from './interpolation.ts';
import { isTyped, keyId, sameKey } from './keys.ts';
import {
  type ConfigNode,
  keyConflict,
  type Layer,
  type ListNode,
  type MapNode,
  mapNode,
  opened,
  type Place,
  valueNode,
} from './node.ts';
import {
  composeDocument,
  flattenDocument,
  MOST_NODES,
  type ScalarNode,
  scalarType,
  scalarValue,
  splitDocument,
  YamlError,
  type YamlNode,
} from './yaml/index.ts';

interface Reading {
  readonly file: string;
  readonly layer: Layer;
  /** Lines of the file before the text. */
  readonly lines: number;
  /** Most values with aliases expanded. */
  readonly most: number;
}

/** What may be set about reading; for tests of one way against the other. */
export interface ReadingOptions {
  /** Most values of a file with its aliases expanded. Default: OmegaConf's 10,000. */
  most?: number | undefined;
  /** Read the whole file at once. Default: what stands under a key at the top when it is first used, where that is safe. */
  whole?: boolean | undefined;
}

/** Reads `text`, the content of `file` (named in messages). Throws `CONFIG_SYNTAX`. */
export function readDocument(text: string, file: string, layer: Layer, options: ReadingOptions = {}): MapNode {
  const reading: Reading = { file, layer, lines: 0, most: options.most ?? MOST_NODES };
  return attempt(reading, text, () => {
    const pieces = options.whole ? undefined : splitDocument(text, reading.most);
    if (pieces === undefined) return readWhole(text, reading);
    const whole = once(() => attempt(reading, text, () => readWhole(text, reading)));
    const entries = pieces.map(({ key, line, text: piece }): [string, ConfigNode] => {
      const open = once(() => readPiece(piece, key, { ...reading, lines: line }) ?? entryOf(whole(), key));
      return [key, { kind: 'lazy', open }];
    });
    return mapNode(new Map(entries));
  });
}

/** One value in the form of YAML, without a file: what an OmegaConf call is given as text. Throws a `SyntaxError`. */
export function readValue(text: string, layer: Layer, file: string): ConfigNode {
  const reading: Reading = { file, layer, lines: 0, most: MOST_NODES };
  const document = composeDocument(text);
  if (document === undefined) return valueNode(null);
  flattenDocument(document, reading.most);
  return build(document.root, [], reading);
}

// A piece that is not one pair on its own was cut where the file cannot be: the whole file decides.
function readPiece(text: string, key: string, reading: Reading): ConfigNode | undefined {
  try {
    const document = composeDocument(text);
    if (document?.root.kind !== 'mapping' || document.root.pairs.length !== 1) return undefined;
    flattenDocument(document, reading.most);
    return entryOf(asMap(build(document.root, [], reading)), key);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function entryOf(map: MapNode, key: string): ConfigNode {
  return map.entries.get(key) ?? valueNode(null);
}

function once<T>(compute: () => T): () => T {
  let found: { value: T } | undefined;
  return () => {
    found ??= { value: compute() };
    return found.value;
  };
}

function readWhole(text: string, reading: Reading): MapNode {
  const document = composeDocument(text);
  if (document === undefined) return mapNode();
  flattenDocument(document, reading.most);
  const { root } = document;
  const node = build(root, [], reading);
  if (node.kind === 'map') return node;
  if (node.kind === 'value' && node.value === null) return mapNode();
  const isText = root.kind === 'scalar' && (node.kind !== 'value' || typeof node.value === 'string');
  if (!isText) throw new YamlError('Its top level must be a mapping.', root);
  return readBareText(root, reading);
}

/** OmegaConf reads a file of one text as YAML once more; what is a text again becomes a key without a value. */
function readBareText(root: ScalarNode, reading: Reading): MapNode {
  const document = composeDocument(root.value);
  if (document === undefined) return mapNode();
  flattenDocument(document, reading.most);
  const node = build(document.root, [], reading);
  if (node.kind === 'map') return node;
  if (node.kind === 'value' && node.value === null) return mapNode();
  if (document.root.kind === 'scalar' && scalarType(document.root) === 'str') {
    return mapNode(new Map([[document.root.value, valueNode(null)]]));
  }
  throw new YamlError('Its top level must be a mapping.', root);
}

function asMap(node: ConfigNode): MapNode {
  const open = opened(node);
  return open.kind === 'map' ? open : mapNode();
}

function build(node: YamlNode, path: readonly string[], reading: Reading): ConfigNode {
  if (node.kind === 'scalar') return buildScalar(node, path, reading);
  if (node.tag !== undefined && node.tag !== `tag:yaml.org,2002:${node.kind === 'mapping' ? 'map' : 'seq'}`) {
    return buildTagged(node, path, reading);
  }
  if (node.kind === 'sequence') {
    return { kind: 'list', items: node.items.map((item, index) => build(item, [...path, String(index)], reading)) };
  }
  const values = new Map<string, YamlNode>();
  let hasTyped = false;
  for (const [key, value] of node.pairs) {
    const id = keyOf(key, node);
    hasTyped ||= isTyped(id);
    // Of keys that are the same in Python only the last one's value is ever looked at.
    values.set(sameKey(values, id) ?? id, value);
  }
  const conflict = hasTyped ? keyConflict(values) : undefined;
  if (conflict !== undefined) throw new YamlError(conflict, node);
  const entries = new Map<string, ConfigNode>();
  for (const [id, value] of values) entries.set(id, build(value, [...path, id], reading));
  return mapNode(entries);
}

/** `!!omap` and `!!pairs`: a list of pairs. */
function buildTagged(node: YamlNode, path: readonly string[], reading: Reading): ListNode {
  const isPairs = /^tag:yaml\.org,2002:(?:omap|pairs)$/.test(node.tag ?? '') && node.kind === 'sequence';
  const items = (isPairs ? node.items : []).map((item, index): ListNode => {
    const [pair, ...more] = item.kind === 'mapping' ? item.pairs : [];
    if (pair === undefined || more.length > 0) throw new YamlError('A pair is a mapping with one key.', item);
    const sides = pair.map((side, at) => build(side, [...path, String(index), String(at)], reading));
    return { kind: 'list', items: sides };
  });
  if (isPairs) return { kind: 'list', items };
  throw new YamlError(`The tag "${node.tag}" has no value here; write the value without it.`, node);
}

function keyOf(key: YamlNode, parent: YamlNode): string {
  if (key.kind !== 'scalar') throw new YamlError('A key must be a scalar.', key);
  const type = scalarType(key);
  if (type === 'str' || type === 'value') return key.value;
  const scalar = scalarValue(key);
  if (scalar.value === null) throw new YamlError('A key must not be null.', key.value === '' ? parent : key);
  return keyId(scalar);
}

function buildScalar(node: ScalarNode, path: readonly string[], reading: Reading): ConfigNode {
  const { value, print } = scalarValue(node);
  if (typeof value !== 'string') return valueNode(value, print);
  if (!value.includes('${')) return isEscapedMissing(value) ? literalMissing(value.slice(1)) : valueNode(value);
  const place: Place = { layer: reading.layer, file: reading.file, line: reading.lines + node.line + 1, path };
  try {
    return { kind: 'text', source: value, parts: readInterpolation(value), place };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'broken', source: value, reason: error.message, place };
  }
}

/** A backslash before `???` makes it a text like any other. */
function isEscapedMissing(value: string): boolean {
  return value.length > 3 && /^\\+\?\?\?$/.test(value);
}

function literalMissing(value: string): ConfigNode {
  return valueNode(value, { repr: `'${value.replaceAll('\\', '\\\\')}'`, json: JSON.stringify(value) });
}

function attempt<T>({ file, lines }: Reading, text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const holes = /[[{,:] *\$\{/.test((text.split('\n')[error.line - 1] ?? '').slice(0, error.column));
    const [line, column] = [error.line + lines, error.column];
    const hint = holes ? ' Inside [ ] and { }, put quotes around a text with "${".' : '';
    throw new PipelineError('CONFIG_SYNTAX', `${file}:${line}:${column} cannot be read. ${error.message}${hint}`, {
      cause: error,
      details: { file, line, column },
    });
  }
}
