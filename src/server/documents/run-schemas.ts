/** JSON Schemas of the routes that make runs, for the OpenAPI document. */
import type { ServedPipeline } from '../project/served-pipelines.ts';
import { SAME } from '../runs/run-call.ts';
import {
  errorResponses,
  object,
  RUN_FAILED,
  RUN_STARTED,
  RUN_VIEW,
  runDone,
  type Schema,
  TEXT,
  TEXTS,
} from './answer-schemas.ts';

/** What the document says of a route. */
export interface RouteDocument {
  summary: string;
  description?: string;
  tags: string[];
  params?: Schema;
  querystring?: Schema;
  body?: Schema;
  response: Record<number, Schema>;
}

const RUN_ID: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'Your name for the run: asking again with it is asking for the same run.',
};

const OBJECT: Schema = { type: 'object' };

const optional = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

const OWN = {
  run_id: optional(RUN_ID),
  runtime_data: optional({ ...OBJECT, description: 'Dataset → value, for this run only.' }),
  runtime_params: optional({ ...OBJECT, description: 'Override parameters (deep), fill `${runtime_params:…}`.' }),
  outputs: optional({ ...TEXTS, description: 'Datasets to return. Default: the free outputs.' }),
  mode: optional({ enum: ['direct', 'durable'], description: 'In this process, or as a durable task of a worker.' }),
  wait: { type: 'boolean', description: 'Of a durable run: whether to answer with its end. Default: true.' },
};

function answers(done: Schema): Record<number, Schema> {
  return {
    200: { description: 'The run has ended; `status` says how.', anyOf: [done, RUN_FAILED] },
    202: { description: 'The durable run goes on; follow it at `/runs/{run_id}`.', ...RUN_STARTED },
    ...errorResponses(409, 413, 422, 503, 504),
  };
}

/** `POST /run`: Kedro's fields, and ours. */
export function runSchema(pipelines: readonly string[]): RouteDocument {
  const name: Schema = pipelines.length === 0 ? TEXT : { anyOf: [{ enum: pipelines }, TEXT] };
  const names = optional(TEXTS);
  const body = object(
    {},
    {
      pipeline_names: optional({ type: 'array', items: name, description: 'Default: `__default__`.' }),
      params: optional({ ...OBJECT, description: 'Kedro’s word for `runtime_params`; give one of them.' }),
      tags: names,
      node_names: names,
      from_nodes: names,
      to_nodes: names,
      from_inputs: names,
      to_outputs: names,
      namespaces: names,
      load_versions: optional({ type: 'object', additionalProperties: TEXT }),
      only_missing_outputs: { type: 'boolean' },
      runner: optional({ enum: ['SequentialRunner'], description: 'A warm session has one runner.' }),
      is_async: { const: false, description: 'A warm session has one runner.' },
      pipelines: optional({ ...TEXTS, description: 'Another word for `pipeline_names`; give one of them.' }),
      ...OWN,
    },
  );
  return {
    summary: 'Run pipelines',
    description:
      'Takes what `kedro server` takes and answers as it does. With a field of ours in the request, the answer has `outputs`, `references`, `saved`, `save_version` and `mode` as well.',
    tags: ['runs'],
    body: { ...body, additionalProperties: false, not: { anyOf: SAME.map((both) => ({ required: both })) } },
    response: answers(runDone()),
  };
}

/** `POST /pipelines/{name}/run`. */
export function pipelineRunSchema(pipeline: ServedPipeline): RouteDocument {
  const { name, nodes, needed, neededParams } = pipeline;
  return {
    summary: `Run ${name}`,
    description: `${nodes} ${nodes === 1 ? 'node' : 'nodes'}.${must('runtime_data', needed)}${must('runtime_params', neededParams)}`,
    tags: ['pipelines'],
    body: {
      ...object({}, { ...OWN, ...fieldsOf(pipeline) }),
      additionalProperties: false,
      examples: [exampleOf(pipeline)],
    },
    response: answers(runDone(valuesOf(pipeline.freeOutputs))),
  };
}

function must(field: string, names: readonly string[]): string {
  return names.length === 0 ? '' : ` Needs ${names.map((each) => `\`${each}\``).join(', ')} in \`${field}\`.`;
}

function fieldsOf({ data, needed, params, outputs }: ServedPipeline): Record<string, Schema> {
  const says = (each: string) =>
    needed.includes(each) ? { description: 'Needed: the catalog has no such entry.' } : {};
  return {
    runtime_data: optional({
      type: 'object',
      properties: Object.fromEntries(data.map((each) => [each, says(each)])),
    }),
    runtime_params: optional({ type: 'object', properties: nested(params) }),
    outputs: optional({ type: 'array', items: outputs.length === 0 ? TEXT : { enum: outputs } }),
  };
}

interface Tree {
  [name: string]: { properties?: Tree };
}

/** `a.b` as an object `a` that has `b`. */
function nested(params: readonly string[]): Record<string, Schema> {
  const tree: Tree = {};
  for (const path of params) {
    if (path !== 'parameters') addPath(tree, path.split('.'));
  }
  return tree as Record<string, Schema>;
}

function addPath(tree: Tree, [name, ...below]: readonly string[]): void {
  if (name === undefined) return;
  const own = Object.hasOwn(tree, name) ? (tree[name] ?? {}) : {};
  tree[name] = own;
  if (below.length === 0) return;
  own.properties ??= {};
  addPath(own.properties, below);
}

function valuesOf(names: readonly string[]): Schema {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

function exampleOf({ needed, neededParams, freeOutputs }: ServedPipeline): Record<string, unknown> {
  const blank = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, '']));
  return {
    ...(needed.length === 0 ? {} : { runtime_data: blank(needed) }),
    ...(neededParams.length === 0 ? {} : { runtime_params: blank(neededParams) }),
    ...(freeOutputs.length === 0 ? {} : { outputs: freeOutputs }),
  };
}

const OF_RUN: Schema = object({ run_id: TEXT });

/** `GET` and `DELETE /runs/{run_id}`. */
export function runViewSchema(what: 'get' | 'cancel'): RouteDocument {
  const isGet = what === 'get';
  const answer = { [isGet ? 200 : 202]: { description: 'The run as it stands now.', ...RUN_VIEW } };
  return {
    summary: isGet ? 'Look at a run' : 'Cancel a run',
    tags: ['runs'],
    params: OF_RUN,
    response: { ...answer, ...errorResponses(404, 503, ...(isGet ? [] : [409])) },
  };
}

/** `GET /runs/{run_id}/events`. */
export function eventsSchema(): RouteDocument {
  const event = object({ event: TEXT, data: TEXT }, { id: TEXT });
  const stream = { description: 'Events, to the end of the run.', content: { 'text/event-stream': { schema: event } } };
  return {
    summary: 'Follow a run',
    description:
      'Server-sent events. Of a direct run: each event of it, from its start. Of a durable one: `run` with what `GET /runs/{run_id}` answers, whenever that has changed.',
    tags: ['runs'],
    params: OF_RUN,
    response: { 200: stream, ...errorResponses(404, 503) },
  };
}
