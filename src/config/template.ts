/** What `readConfig` returns, and what it keeps inside. */
import type { JsonObject } from '../core/index.ts';
import type { Filled } from './filled.ts';
import type { Filling, Resolvers } from './filling.ts';
import type { MergeStrategy } from './merge.ts';
import type { ConfigNode, GroupName, Layer, MapNode } from './node.ts';
import { paramsTree, type WrittenParams } from './params.ts';

/** Not enumerable, so that printing a template shows no credentials. */
export const INSIDE: unique symbol = Symbol('config template');

/** One group of the template. */
export interface Group {
  readonly base: Layer;
  readonly env: Layer;
  readonly strategy: MergeStrategy;
  /** The two layers merged, private keys left out. */
  readonly root: MapNode;
  /** How many files each layer was read from. */
  readonly files: { readonly base: number; readonly env: number };
}

/** What a template keeps. */
export interface TemplateData {
  readonly groups: Readonly<Record<GroupName, Group>>;
  /** What fillings have found to be the same for every run. It only saves work: it never changes a result. */
  readonly constants: WeakMap<ConfigNode, Filled>;
  /** Catalog entries that are the same for every run, credentials included; found in the same way. */
  readonly entries: Map<string, JsonObject>;
  readonly environment: Readonly<Record<string, string>>;
  readonly resolvers: Resolvers;
}

/** A project's configuration for one environment, read and merged, with its holes still open. Never changes. */
export interface ConfigTemplate {
  /** The run's environment. */
  readonly env: string;
  /** Absolute path of the project. */
  readonly project: string;
  /** Absolute path of the folder that holds the environments. */
  readonly confSource: string;
  /** Names of the catalog's entries, factory patterns such as `{name}_csv` included, in the order of the files. */
  readonly catalogNames: readonly string[];
  readonly [INSIDE]: TemplateData;
}

/** What a run gives. */
export interface FillOptions {
  /** Values for `${runtime_params:…}`; over parameters they are laid deep. Default: none. */
  runtimeParams?: JsonObject | undefined;
  /** Params that may fill a path with anything; never a type. Default: none. */
  allowUnsafeParams?: readonly string[] | undefined;
}

/** What a filling takes from a template. */
export interface FillingData extends Pick<TemplateData, 'constants' | 'environment' | 'resolvers'> {
  readonly groups: { readonly globals: Pick<Group, 'root'> };
}

/** What a filling is given. */
export interface StartOptions extends Omit<FillOptions, 'runtimeParams'> {
  runtimeParams?: JsonObject | WrittenParams | undefined;
}

/** A fresh filling of `data` with what a run gives. */
export function startFilling(
  data: FillingData,
  { runtimeParams, allowUnsafeParams = [] }: StartOptions = {},
  roots: readonly (readonly [Layer, MapNode])[] = [],
): Filling {
  return {
    params: paramsTree(runtimeParams),
    exempt: new Set(allowUnsafeParams),
    environment: data.environment,
    resolvers: data.resolvers,
    globals: data.groups.globals.root,
    constants: data.constants,
    roots: new Map(roots),
    memo: new Map(),
    targets: new Map(),
    open: new Set(),
  };
}
