/** What callers may name. */
import { PipelineError, type RunRequest } from '../../core/index.ts';
import type { AllowOptions } from '../options.ts';

export interface Allowance {
  /** Throws `NOT_ALLOWED` for a name that is not on its list. */
  check(request: RunRequest): void;
  allowsPipeline(name: string): boolean;
  allowsParam(path: string): boolean;
  allowsDataset(name: string): boolean;
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
  return {
    allowsPipeline,
    allowsParam,
    allowsDataset,
    check(request) {
      if (pipelines !== undefined) checkAll('pipelines', request.pipelines ?? ['__default__'], allowsPipeline);
      if (params !== undefined) checkAll('params', leavesOf(request.runtimeParams ?? {}, allowsParam), allowsParam);
      if (datasets !== undefined) checkAll('datasets', namedDatasets(request), allowsDataset);
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

function namedDatasets({ runtimeData = {}, outputs = [], loadVersions = {} }: RunRequest): string[] {
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
