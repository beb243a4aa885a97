import { PipelineError, type RunRequest } from '../core/index.ts';
import { parseData, parseParams } from './params.ts';

/** Flags of {@link withRequest}, as commander gives them. */
export interface RequestFlags {
  pipelines?: string[];
  params?: string;
  tags?: string[];
  nodes?: string[];
  fromNodes?: string[];
  toNodes?: string[];
  fromInputs?: string[];
  toOutputs?: string[];
  namespaces?: string[];
  loadVersions?: string[];
  onlyMissingOutputs?: boolean;
  outputs?: string[];
  data?: string[];
  runId?: string;
}

/** The run request that the flags say. Throws `REQUEST_INVALID`. */
export async function requestOf(flags: RequestFlags): Promise<RunRequest> {
  const {
    pipelines,
    tags,
    nodes,
    fromNodes,
    toNodes,
    fromInputs,
    toOutputs,
    namespaces,
    onlyMissingOutputs,
    outputs,
    runId,
  } = flags;
  const runtimeParams = await parseParams(flags.params);
  const runtimeData = await parseData(flags.data ?? []);
  return present({
    runId,
    pipelines,
    tags,
    nodeNames: nodes,
    fromNodes,
    toNodes,
    fromInputs,
    toOutputs,
    namespaces,
    onlyMissingOutputs,
    outputs,
    runtimeParams: Object.keys(runtimeParams).length > 0 ? runtimeParams : undefined,
    runtimeData: Object.keys(runtimeData).length > 0 ? runtimeData : undefined,
    loadVersions: flags.loadVersions === undefined ? undefined : versionsOf(flags.loadVersions),
  });
}

function versionsOf(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => {
      const [name, version] = item.split(':');
      if (name && version) return [name, version];
      throw new PipelineError('REQUEST_INVALID', `--load-versions has "${item}", which is not name:version.`);
    }),
  );
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

function present<T extends object>(fields: Loose<T>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
