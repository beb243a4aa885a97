/** Configuration as Kedro's loader hands it out: everything filled, with what one wrong place anywhere does to it. */
import { isPipelineError, type JsonObject, type JsonValue, PipelineError } from '../core/index.ts';
import { evaluate } from './evaluate.ts';
import { parametersOf } from './fill.ts';
import { jsonOf } from './filled.ts';
import type { Filling } from './filling.ts';
import { guardEntry } from './guard.ts';
import { readInterpolation } from './interpolation.ts';
import { isTyped, keyText } from './keys.ts';
import { type ConfigNode, type MapNode, opened } from './node.ts';
import { type ConfigTemplate, type Group, INSIDE, type StartOptions, startFilling } from './template.ts';

/** What {@link showConfig} gives. */
export interface ShownConfig {
  readonly value: { readonly parameters: JsonObject; readonly catalog: JsonObject; readonly globals: JsonObject };
  /** The same as one JSON text, with `1.0` apart from `1` and all digits of large integers. */
  readonly json: string;
  /** What a run with these params would refuse although the loader gives it: a param in a path or type. */
  readonly refused: readonly PipelineError[];
}

/**
 * Parameters, catalog and globals as `OmegaConfigLoader` gives them; a group without files is `{}`. One hole that cannot be
 * filled, in the base as well as in the environment and also under a private key, is an error of the whole, as it is there.
 *
 * Throws `CONFIG_SYNTAX`, `CONFIG_UNRESOLVED` or `PARAM_MISSING`.
 */
export function showConfig(template: ConfigTemplate, options: StartOptions = {}): ShownConfig {
  const data = template[INSIDE];
  const { globals, catalog, parameters } = data.groups;
  const shown = [globals, parameters, catalog];
  for (const group of shown) for (const layer of [group.base, group.env]) refuseBroken(layer.root);
  const filling = startFilling(data, options);
  const fill = (root: MapNode) => evaluate(root, filling);
  for (const group of [globals, catalog]) {
    for (const layer of [group.base, group.env]) {
      fill(layer.root);
      refuseTypedKeys(layer.root, layer.group);
    }
  }
  const given = parametersOf(template, options);
  for (const root of given.layers) evaluate(root, given.filling);
  for (const group of shown) if (group.strategy === 'soft') refuseReadAgain(group, given, filling);
  const filled = {
    parameters: hasFiles(parameters) ? evaluate(given.root, given.filling) : undefined,
    catalog: hasFiles(catalog) ? fill(catalog.root) : undefined,
    globals: hasFiles(globals) ? fill(globals.root) : undefined,
  };
  const [p, c, g] = [filled.parameters, filled.catalog, filled.globals];
  const json = [p, c, g].map((part) => (part === undefined ? '{}' : jsonOf(part)));
  const value = { parameters: p?.value ?? {}, catalog: c?.value ?? {}, globals: g?.value ?? {} };
  return {
    value: value as ShownConfig['value'],
    json: `{"parameters":${json[0]},"catalog":${json[1]},"globals":${json[2]}}`,
    refused: refusals(catalog, filling),
  };
}

function hasFiles({ files }: Group): boolean {
  return files.base + files.env > 0;
}

function refusals(catalog: Group, filling: Filling): PipelineError[] {
  const refused: PipelineError[] = [];
  for (const [name, node] of catalog.root.entries) {
    try {
      guardEntry(name, evaluate(node, filling), filling.exempt);
    } catch (error) {
      if (!isPipelineError(error)) throw error;
      refused.push(error);
    }
  }
  return refused;
}

function refuseBroken(given: ConfigNode): void {
  const node = opened(given);
  if (node.kind === 'map') for (const item of node.entries.values()) refuseBroken(item);
  else if (node.kind === 'list') for (const item of node.items) refuseBroken(item);
  else if (node.kind === 'broken') {
    const { file, line } = node.place;
    throw new PipelineError('CONFIG_UNRESOLVED', `"${node.source}" (${file}:${line}) cannot be read: ${node.reason}.`, {
      details: { file, line },
    });
  }
}

/** A soft merge reads what was filled once more: what then looks like a hole must be one, though nobody fills it. */
function refuseReadAgain(group: Group, given: ReturnType<typeof parametersOf>, filling: Filling): void {
  if (group.env.root === group.base.root || group.env.env === group.base.env) return;
  const isParameters = group.base.group === 'parameters';
  const roots = isParameters ? given.layers : [group.base.root, group.env.root];
  for (const root of roots) {
    for (const [id, node] of root.entries) {
      if (!isParameters && id.startsWith('_')) continue;
      refuseBadHoles(evaluate(node, isParameters ? given.filling : filling).value, keyText(id));
    }
  }
}

function refuseBadHoles(value: JsonValue, key: string): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) refuseBadHoles(item as JsonValue, `${key}.${name}`);
  } else if (typeof value === 'string' && value.includes('${')) {
    try {
      readInterpolation(value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new PipelineError(
        'CONFIG_UNRESOLVED',
        `"${key}" becomes "${value}", which a soft merge cannot read: ${error.message}.`,
        { details: { key } },
      );
    }
  }
}

function refuseTypedKeys(root: MapNode, group: string): void {
  for (const id of root.entries.keys()) {
    if (!isTyped(id)) continue;
    const key = keyText(id);
    throw new PipelineError('CONFIG_UNRESOLVED', `The ${group} key ${key} is no text; put quotes around it.`, {
      details: { key },
    });
  }
}
