/** What callers may name. */
import { PipelineError, type RunRequest } from '../../core/index.ts';
import type { AllowOptions } from '../options.ts';

export interface Allowance {
  /** Throws `NOT_ALLOWED` for a name that is not on its list. */
  check(request: RunRequest): void;
  allowsPipeline(name: string): boolean;
  allowsParam(path: string): boolean;
  allowsDataset(name: string): boolean;
  /** Of a value of a run, whether a caller may give or get it: of a dataset, or a parameter as nodes name it (`params:…`). */
  allowsValue(name: string): boolean;
  /** Whether descriptions name a parameter: one that a caller may set, or in which there is one. */
  showsParam(path: string): boolean;
  /** Whether descriptions name an input or output of a node. */
  showsData(name: string): boolean;
}

/** The lists as questions. */
export function allowanceOf({ pipelines, params, datasets }: AllowOptions): Allowance {
  const listed = (names: readonly string[] | undefined) => {
    const set = names === undefined ? undefined : new Set(names);
    return (name: string) => set === undefined || set.has(name);
  };
  const allowsPipeline = listed(pipelines);
  const allowsDataset = listed(datasets);
  const allowsParam = (path: string) =>
    params === undefined || params.some((name) => path === name || path.startsWith(`${name}.`));
  const showsParam = (path: string) =>
    allowsParam(path) || params?.some((name) => name.startsWith(`${path}.`)) === true;
  return {
    allowsPipeline,
    allowsParam,
    allowsDataset,
    showsParam,
    allowsValue: (name) => (isParameter(name) ? allowsParam(pathOf(name)) : allowsDataset(name)),
    showsData: (name) => (isParameter(name) ? name === ALL || showsParam(pathOf(name)) : allowsDataset(name)),
    check(request) {
      const named = namedValues(request);
      if (pipelines !== undefined) checkAll('pipelines', request.pipelines ?? ['__default__'], allowsPipeline);
      if (params !== undefined) {
        const set = leavesOf(request.runtimeParams ?? {}, allowsParam);
        checkAll('params', [...set, ...named.filter(isParameter).map(pathOf)], allowsParam);
      }
      if (datasets !== undefined) {
        const stored = named.filter((name) => !isParameter(name));
        checkAll('datasets', stored, allowsDataset);
      }
    },
  };
}

function checkAll(list: keyof AllowOptions, names: readonly string[], isAllowed: (name: string) => boolean): void {
  const refused = names.find((name) => !isAllowed(name));
  if (refused === undefined) return;
  throw new PipelineError(
    'NOT_ALLOWED',
    `"${refused}" is not one of the ${list} that callers may name here: add it to allow.${list} of the "serve" table in temporal.yml.`,
    { details: { list, name: refused } },
  );
}

/** All parameters, as a node names them. */
const ALL = 'parameters';
const ONE = 'params:';

/** Whether a node's input of that name is no dataset. */
export function isParameter(name: string): boolean {
  return name === ALL || name.startsWith(ONE);
}

/** All of them are a path of their own: who may set one may not replace the others. */
function pathOf(parameter: string): string {
  return parameter === ALL ? ALL : parameter.slice(ONE.length);
}

function namedValues({ runtimeData = {}, outputs = [], loadVersions = {} }: RunRequest): string[] {
  return [...Object.keys(runtimeData), ...outputs, ...Object.keys(loadVersions)];
}

/** What is set, by its path; a path that is allowed is not looked into. An empty object sets itself. */
function leavesOf(value: object, isAllowed: (path: string) => boolean, above = ''): string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const path = `${above}${key}`;
    const isInner = typeof item === 'object' && item !== null && !Array.isArray(item) && Object.keys(item).length > 0;
    return isInner && !isAllowed(path) ? leavesOf(item, isAllowed, `${path}.`) : [path];
  });
}
