/** OmegaConf's own resolvers, as far as Kedro leaves them: `oc.env` only in credentials. */
import { type Asking, type BuiltIn, chosenBy, nameArgument } from './asking.ts';
import { readValue } from './document.ts';
import { type Filled, known, NEUTRAL, type Taint, textOf } from './filled.ts';
import { unresolved } from './filling.ts';
import { readInterpolation, readSingleElement } from './interpolation.ts';
import { isTyped, keyText } from './keys.ts';
import { asData, type ConfigNode, dataNode, mapNode, opened, type TextNode, valueNode } from './node.ts';
import { COERCIBLE, coerce } from './oc-coerce.ts';
import { type Selected, selectNamed } from './references.ts';
import { type Target, valueTarget } from './target.ts';

/** Name and resolver. */
export const OC_RESOLVERS: readonly (readonly [string, BuiltIn])[] = [
  ['oc.env', { least: 1, most: 2, resolve: environmentVariable }],
  ['oc.coerce', { least: 2, most: 2, resolve: coerceResolver }],
  ['oc.select', { least: 1, most: 2, resolve: selectResolver }],
  ['oc.create', { least: 1, most: 1, resolve: create }],
  ['oc.decode', { least: 1, most: 1, resolve: decode }],
  ['oc.deprecated', { least: 1, most: 2, resolve: deprecated }],
  ['oc.dict.keys', { least: 1, most: 1, resolve: dictKeys }],
  ['oc.dict.values', { least: 1, most: 1, resolve: dictValues }],
];

function environmentVariable(asking: Asking): Target {
  const { call, place, filling, args, tools } = asking;
  if (place.layer.group !== 'credentials') {
    throw unresolved(
      call,
      place,
      'reads the environment, which only credentials may. Move it there, or use a runtime param.',
    );
  }
  const name = nameArgument(asking);
  const value = Object.hasOwn(filling.environment, name.value) ? filling.environment[name.value] : undefined;
  if (value !== undefined) return chosenBy(valueTarget(known(value)), name);
  const [, fallback] = args;
  if (fallback === undefined) {
    throw unresolved(call, place, `names "${name.value}", which the environment does not have.`);
  }
  const written = tools.contentOf(fallback);
  const text = written.value === null ? written : { ...written, value: textOf(written), print: undefined };
  return chosenBy(valueTarget(text), name);
}

function selectResolver(asking: Asking): Target {
  const { place, filling, tools, args } = asking;
  const name = nameArgument(asking);
  const selected = selectNamed(name.value, place, filling, tools);
  refuseNameInList(selected, asking);
  const target = selected.kind === 'found' ? selected.target : (args[1] ?? valueTarget(known(null)));
  return chosenBy(target, name);
}

/** A list or mapping that references can go into; a text is read as YAML. */
function create({ call, place, tools, args }: Asking): Target {
  const [target = valueTarget(known(null))] = args;
  if (target.kind === 'node' && target.node.kind !== 'value') return target;
  const arg = tools.contentOf(target);
  if (typeof arg.value === 'string') {
    const node = attempt(() => opened(readText(arg.value as string, place.layer, place.file)));
    if (node instanceof Error) throw unresolved(call, place, `cannot read its text as YAML: ${node.message}`);
    // What a caller gave is data: a hole in it must not read configuration.
    return madeOf(nodeOf(opened(arg.taints.length > 0 ? asData(node) : node), tools), arg, tools);
  }
  if (arg.value !== null && typeof arg.value !== 'object') {
    throw unresolved(call, place, 'takes a list, a mapping or a text.');
  }
  return valueTarget(arg);
}

function readText(text: string, layer: Asking['place']['layer'], file: string): ConfigNode {
  const node = opened(readValue(text, layer, file));
  if (node.kind === 'map' || node.kind === 'list') return node;
  if (node.kind === 'value' && node.value === null) return mapNode();
  if (node.kind === 'value' && typeof node.value !== 'string') throw new SyntaxError('it is no list and no mapping');
  return mapNode(new Map([[node.kind === 'value' ? String(node.value) : text, valueNode(null)]]));
}

function coerceResolver(asking: Asking): Target {
  const { call, place, args, tools } = asking;
  const type = nameArgument(asking);
  const wanted = COERCIBLE.find((each) => each === type.value);
  if (wanted === undefined) throw unresolved(call, place, `knows no type "${type.value}": ${COERCIBLE.join(', ')}.`);
  const value = tools.contentOf(args[1] as Target);
  const scalar = coerce(wanted, value.value, textOf(value));
  if (scalar === undefined) throw unresolved(call, place, `cannot make ${textOf(value)} a ${wanted}.`);
  return chosenBy(valueTarget({ ...value, ...scalar, print: scalar.print }), type);
}

function decode({ call, place, tools, args }: Asking): Target {
  const [target = valueTarget(known(null))] = args;
  const arg = tools.contentOf(target);
  if (arg.value === null) return valueTarget(arg);
  if (typeof arg.value !== 'string') throw unresolved(call, place, `takes a text, not ${textOf(arg)}.`);
  // As in `create`: data.
  if (arg.taints.length > 0 && arg.value.includes('${')) return valueTarget(arg);
  const element = attempt(() => readSingleElement(arg.value as string));
  if (element instanceof Error) throw unresolved(call, place, `cannot read "${arg.value}": ${element.message}.`);
  const decoded = tools.argument(element);
  return madeOf(decoded, arg, tools);
}

function deprecated(asking: Asking): Target {
  const { call, place, filling, tools } = asking;
  const name = nameArgument(asking);
  const [, message] = asking.args;
  if (message !== undefined && typeof tools.contentOf(message).value !== 'string') {
    throw unresolved(call, place, 'needs a text as its message.');
  }
  const selected = selectNamed(name.value, place, filling, tools);
  refuseNameInList(selected, asking);
  if (selected.kind === 'found') return chosenBy(selected.target, name);
  throw unresolved(call, place, `names "${name.value}", which does not exist.`);
}

function dictKeys(asking: Asking): Target {
  const { name, entries } = mappingOf(asking);
  const keys = [...entries].map((key) => (isTyped(key) ? JSON.parse(keyText(key)) : key) as string | number | boolean);
  return { kind: 'node', node: dataNode(keys) as Extract<Target, { kind: 'node' }>['node'], by: [name], reads: true };
}

/** As OmegaConf does: a reference to each value, so that only what is used is filled. */
function dictValues(asking: Asking): Target {
  const { call, place } = asking;
  const { name, entries } = mappingOf(asking);
  const items = [...entries].map((key): TextNode => {
    const source = `\${${name.value}.${isTyped(key) ? key.slice(1) : key}}`;
    const parts = attempt(() => readInterpolation(source));
    if (parts instanceof Error) throw unresolved(call, place, `cannot read "${source}": ${parts.message}.`);
    return { kind: 'text', source, parts, place };
  });
  return { kind: 'node', node: { kind: 'list', items }, by: [name], reads: true };
}

function mappingOf(asking: Asking): { name: ReturnType<typeof nameArgument>; entries: Iterable<string> } {
  const { call, place, filling, tools } = asking;
  const name = nameArgument(asking);
  const selected = selectNamed(name.value, place, filling, tools);
  refuseNameInList(selected, asking);
  if (selected.kind === 'missing') throw unresolved(call, place, `names "${name.value}", which is still "???".`);
  if (selected.kind !== 'found') throw unresolved(call, place, `names "${name.value}", which does not exist.`);
  const { target } = selected;
  if (target.kind === 'node' && target.node.kind === 'map') return { name, entries: target.node.entries.keys() };
  const value = target.kind === 'value' && !target.isSealed ? target.filled.value : null;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw unresolved(call, place, `names "${name.value}", which is no mapping.`);
  }
  return { name, entries: Object.keys(value) };
}

function refuseNameInList(selected: Selected, { call, place }: Asking): void {
  if (selected.kind !== 'name in a list') return;
  throw unresolved(call, place, `asks a list for "${selected.key}"; a list has numbers from 0.`);
}

/** `target`, made of the text `arg`: what was given in the one was given in the other. */
function madeOf(target: Target, arg: Filled, tools: Asking['tools']): Target {
  const params = arg.taints.flatMap((taint) => taint.params);
  if (params.length === 0) return { ...target, by: [...target.by, arg] };
  const taints: Taint[] = [{ path: [], params, via: 'value', neutral: NEUTRAL }];
  return valueTarget({ ...tools.contentOf(target), asks: true, taints });
}

function nodeOf(node: ReturnType<typeof opened>, tools: Asking['tools']): Target {
  if (node.kind === 'map' || node.kind === 'list' || node.kind === 'value') {
    return { kind: 'node', node, by: [], reads: false };
  }
  return valueTarget(tools.evaluate(node));
}

function attempt<T>(act: () => T): T | SyntaxError {
  try {
    return act();
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}
