/** What `readConfig` returns, and what it keeps inside. */
import type { JsonObject } from '../core/index.ts';
import type { Filled } from './filled.ts';
import type { Filling } from './filling.ts';
import type { MergeStrategy } from './merge.ts';
import type { ConfigNode, GroupName, Layer, MapNode } from './node.ts';

/** Not enumerable, so that printing a template shows no credentials. */
export const INSIDE: unique symbol = Symbol('config template');

/** One group of the template. */
export interface Group {
  readonly base: Layer;
  readonly env: Layer;
  readonly strategy: MergeStrategy;
  /** The two layers merged, private keys left out. */
  readonly root: MapNode;
}

/** What a template keeps. */
export interface TemplateData {
  readonly groups: Readonly<Record<GroupName, Group>>;
  readonly constants: ReadonlyMap<ConfigNode, Filled>;
  /** Catalog entries that are the same for every run, credentials included. */
  readonly entries: ReadonlyMap<string, JsonObject>;
  readonly environment: Readonly<Record<string, string>>;
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
export interface FillingData extends Pick<TemplateData, 'constants' | 'environment'> {
  readonly groups: { readonly globals: Pick<Group, 'root'> };
}

/** A fresh filling of `data` with what a run gives. */
export function startFilling(
  data: FillingData,
  { runtimeParams = {}, allowUnsafeParams = [] }: FillOptions = {},
  roots: ReadonlyMap<Layer, MapNode> = new Map(),
): Filling {
  return {
    params: runtimeParams,
    exempt: new Set(allowUnsafeParams),
    environment: data.environment,
    globals: data.groups.globals.root,
    constants: data.constants,
    roots,
    memo: new Map(),
    open: new Set(),
  };
}
