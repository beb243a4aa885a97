/**
 * A project as the files that `kedro viz run --load-file` serves: each is the answer of kedro-viz's endpoint of that path.
 * Pure: the same description gives the same files.
 */
import {
  type JsonObject,
  type JsonValue,
  type PipelineDescription,
  PipelineError,
  type ProjectDescription,
  suggestion,
} from '../core/index.ts';
import { detailsOf, type VizFacts } from './details.ts';
import { graphOf } from './graph.ts';
import { modularPipelinesOf, ROOT } from './modular-pipelines.ts';
import { pictureOf } from './picture.ts';

const DEFAULT = '__default__';
/** Of the kedro-viz whose files these are; its page compares it with the newest. */
const FORMAT = '12.5.0';

/** What {@link vizFiles} makes. */
export interface VizFiles {
  /** Path below the folder → content. */
  readonly files: Readonly<Record<string, JsonValue>>;
  /** Pipelines that can be seen. */
  readonly pipelines: readonly string[];
  /** Pipelines that cannot, and why. */
  readonly leftOut: Readonly<Record<string, { code: string; message: string }>>;
  /** Nodes, datasets and parameters. */
  readonly nodes: number;
}

/**
 * The files of a project, or of one of its pipelines. Throws `PIPELINE_NOT_FOUND` for one that is not there, and
 * `PIPELINE_BROKEN` where none can be shown.
 */
export function vizFiles(
  project: ProjectDescription,
  { pipeline, ...facts }: VizFacts & { pipeline?: string } = {},
): VizFiles {
  const { pipelines, leftOut } = sorted(project, pipeline);
  const names = Object.keys(pipelines);
  const first = names.includes(DEFAULT) ? DEFAULT : names[0];
  if (first === undefined) throw nothingToShow(leftOut);
  const graph = graphOf(pipelines);
  const pictures = Object.fromEntries(
    Object.entries(pipelines).map(([name, each]) => [name, pictureOf(name, each, { project, facts, graph, names })]),
  );
  const folded = Object.values(pipelines).flatMap((each) => [...modularPipelinesOf(each).tree.keys()]);
  const foldedIds = new Set(folded.filter((id) => id !== ROOT));
  return {
    files: {
      'api/main': pictures[first] as JsonObject,
      ...Object.fromEntries(names.map((name) => [`api/pipelines/${name}`, pictures[name] as JsonObject])),
      ...Object.fromEntries([...graph].map(([id, each]) => [`api/nodes/${id}`, detailsOf(each, project, facts)])),
      ...Object.fromEntries([...foldedIds].map((id) => [`api/nodes/${id}`, {}])),
      'api/version': { installed: FORMAT, is_outdated: false, latest: FORMAT },
      'api/run-status': NO_RUN,
    },
    pipelines: names,
    leftOut,
    nodes: graph.size,
  };
}

const NO_RUN = {
  nodes: {},
  datasets: {},
  pipeline: {
    run_id: 'default-run-id',
    start_time: null,
    end_time: null,
    duration: 0,
    status: 'success',
    error: null,
  },
};

function sorted({ pipelines }: ProjectDescription, only: string | undefined) {
  if (only !== undefined && !Object.hasOwn(pipelines, only)) {
    throw new PipelineError(
      'PIPELINE_NOT_FOUND',
      `The project has no pipeline "${only}".${suggestion(only, Object.keys(pipelines))}`,
      { details: { pipeline: only } },
    );
  }
  const fine: Record<string, PipelineDescription> = {};
  const leftOut: Record<string, { code: string; message: string }> = {};
  for (const [name, each] of Object.entries(pipelines)) {
    if (only !== undefined && name !== only) continue;
    if ('error' in each) leftOut[name] = each.error;
    else if (/^\.{0,2}$|[/\\]/.test(name)) leftOut[name] = notAFile(name);
    else fine[name] = each;
  }
  return { pipelines: fine, leftOut };
}

function notAFile(name: string): { code: string; message: string } {
  return {
    code: 'REQUEST_INVALID',
    message: `"${name}" cannot be the name of a file, and kedro-viz has one for each pipeline.`,
  };
}

function nothingToShow(leftOut: VizFiles['leftOut']): PipelineError {
  const why = Object.entries(leftOut).map(([name, { message }]) => `${name}: ${message}`);
  return new PipelineError(
    'PIPELINE_BROKEN',
    why.length === 0
      ? 'The project has no pipeline to show: add one to pipelines/ (Kedro: register_pipelines).'
      : `No pipeline can be shown. ${why.join(' ')}`,
  );
}
