/** Runtime params: as JSON from an orchestrator, or written as `--params` has them, where `1.0` is not `1`. */
import { isPlainObject, type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';
import { readDocument, readValue } from './document.ts';
import { known, mapOf } from './filled.ts';
import { splitKey } from './filling.ts';
import { keyText } from './keys.ts';
import { mergeFiles, setEntry } from './merge.ts';
import { asData, type ConfigNode, dataNode, type Layer, type MapNode, mapNode, opened } from './node.ts';

const TREE: unique symbol = Symbol('params');

/** Params with all digits of their numbers. */
export interface WrittenParams {
  /** The same as JSON. */
  readonly json: JsonObject;
  readonly [TREE]: MapNode;
}

const NOWHERE: Layer = { group: 'runtime params', env: '', root: mapNode() };

/**
 * Reads `a=1,b.c=x` as Kedro's `--params` does: values as YAML (`1e3` is a number, `yes` is true, `~` is null), dots nest,
 * blanks around an item do not count. Throws `REQUEST_INVALID`.
 */
export function readParams(text: string): WrittenParams {
  let root = mapNode();
  for (const item of text.split(',').map((each) => each.trim())) {
    if (item === '') continue;
    const at = equalsIn(item);
    const key = item.slice(0, at).trim();
    if (at === -1 || key === '') throw invalid(`--params has "${item}", which is not key=value.`);
    root = put(root, splitKey(key), readItem(item.slice(at + 1), item), item);
  }
  return written(root);
}

/** Reads the content of `file`: a mapping of params in YAML or JSON. Throws `CONFIG_SYNTAX`. */
export function readParamsFile(text: string, file: string): WrittenParams {
  const json = parseJson(text);
  // YAML tells 1.0 from 1; what it refuses of JSON (a character as two halves) JSON still reads.
  const read = () => asData(readDocument(text, file, NOWHERE, { whole: true })) as MapNode;
  return written(json === undefined ? read() : (attempt(read) ?? (dataNode(json) as MapNode)));
}

function parseJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

/** The tree of params; a `${` in them is text. */
export function paramsTree(params: JsonObject | WrittenParams | undefined): MapNode {
  if (params === undefined) return mapNode();
  return TREE in params ? (params as WrittenParams)[TREE] : (dataNode(params as JsonObject) as MapNode);
}

function written(tree: MapNode): WrittenParams {
  const json = plainOf(tree) as JsonObject;
  const params = { json };
  Object.defineProperty(params, TREE, { value: tree });
  return params as WrittenParams;
}

function plainOf(given: ConfigNode): JsonValue {
  const node = opened(given);
  if (node.kind === 'map') {
    return mapOf([...node.entries].map(([key, item]) => [key, known(plainOf(item))] as const)).value;
  }
  if (node.kind === 'list') return node.items.map(plainOf);
  return node.kind === 'value' ? node.value : '';
}

function equalsIn(item: string): number {
  for (let at = 0; at < item.length; at += 1) {
    if (item[at] === '\\' && '.[]='.includes(item[at + 1] ?? ' ')) at += 1;
    else if (item[at] === '=') return at;
  }
  return -1;
}

function readItem(text: string, item: string): ConfigNode {
  try {
    return asData(readValue(text, NOWHERE, '--params'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid(`--params has "${item}", whose value cannot be read as YAML: ${error.message}`, error);
  }
}

function put(root: MapNode, keys: readonly string[], value: ConfigNode, item: string): MapNode {
  const [key = '', ...rest] = keys;
  const entries = new Map(root.entries);
  const below = entries.get(key);
  const under = below === undefined ? undefined : opened(below);
  if (rest.length > 0) {
    setEntry(entries, key, put(under?.kind === 'map' ? under : mapNode(), rest, value, item));
  } else if (under?.kind === 'map' && isPlainObject(plainOf(value))) {
    setEntry(entries, key, mergeFiles('_params', [file(under), file(opened(value) as MapNode)]));
  } else setEntry(entries, key, value);
  return mapNode(entries);
}

function file(root: MapNode) {
  return { file: keyText('--params'), root };
}

function invalid(message: string, cause?: unknown): PipelineError {
  return new PipelineError('REQUEST_INVALID', message, { cause });
}
