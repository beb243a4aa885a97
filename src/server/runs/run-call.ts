/** From the body of a request to a run request and how it is to be made. */
import { isPlainObject, type JsonObject, type JsonValue, type RunRequest } from '../../core/index.ts';
import type { RunMode } from '../options.ts';
import { BodyInvalid, type Issue, issue, valueIssue } from './issues.ts';
import { readShape, type Shape } from './shapes.ts';

/** A run that is asked for. */
export interface RunCall {
  readonly request: RunRequest;
  /** Left out: the endpoint's own. */
  readonly mode?: RunMode;
  /** Of a durable run: whether to answer with its end. */
  readonly wait: boolean;
  readonly runner?: string;
  readonly isAsync: boolean;
  /** `kedro`: the body has no field of ours, and so has the answer. */
  readonly words: 'kedro' | 'ours';
}

interface Field {
  shape: Shape;
  /** Whether `null` is none. */
  isOptional?: boolean;
  request?: keyof RunRequest;
}

const names = (request: keyof RunRequest): Field => ({ shape: 'names', isOptional: true, request });

/** Fields of `kedro server`, in the order in which it complains about them. */
const KEDRO_FIELDS = {
  from_inputs: names('fromInputs'),
  to_outputs: names('toOutputs'),
  from_nodes: names('fromNodes'),
  to_nodes: names('toNodes'),
  node_names: names('nodeNames'),
  runner: { shape: 'runner', isOptional: true },
  is_async: { shape: 'flag' },
  tags: names('tags'),
  load_versions: { shape: 'texts', isOptional: true, request: 'loadVersions' },
  pipeline_names: names('pipelines'),
  namespaces: names('namespaces'),
  params: { shape: 'object', isOptional: true, request: 'runtimeParams' },
  only_missing_outputs: { shape: 'flag', request: 'onlyMissingOutputs' },
} as const satisfies Record<string, Field>;

const OWN_FIELDS = {
  run_id: { shape: 'id', isOptional: true, request: 'runId' },
  pipelines: names('pipelines'),
  runtime_params: { shape: 'object', isOptional: true, request: 'runtimeParams' },
  runtime_data: { shape: 'object', isOptional: true, request: 'runtimeData' },
  outputs: names('outputs'),
  mode: { shape: 'mode', isOptional: true },
  wait: { shape: 'flag' },
} as const satisfies Record<string, Field>;

const FIELDS = new Map<string, Field>(Object.entries({ ...KEDRO_FIELDS, ...OWN_FIELDS }));
const ORDER = [...FIELDS.keys()];

/** Fields that are one thing by two names: Kedro's, then ours. */
export const SAME = [
  ['pipeline_names', 'pipelines'],
  ['params', 'runtime_params'],
] as const;

type Own = { mode?: RunMode; wait?: boolean; runner?: string; is_async?: boolean };

/** Reads a body. `only`: the fields that there are, where not all. Throws {@link BodyInvalid}. */
export function readRunCall(body: JsonValue, only?: ReadonlySet<string>): RunCall {
  if (!isPlainObject(body)) throw new BodyInvalid([noObject(body)]);
  const request: Record<string, JsonValue> = {};
  const own: Record<string, JsonValue> = {};
  const issues: Issue[] = [];
  let isOurs = only !== undefined;
  for (const [name, value] of Object.entries(body as JsonObject)) {
    const field = only?.has(name) === false ? undefined : FIELDS.get(name);
    if (field === undefined) {
      issues.push(issue('extra_forbidden', [name], 'Extra inputs are not permitted', value));
      continue;
    }
    if (!Object.hasOwn(KEDRO_FIELDS, name)) isOurs = true;
    if (value === null && field.isOptional) continue;
    const found = readShape(field.shape, name, value);
    if ('issues' in found) issues.push(...found.issues);
    else if (field.request === undefined) own[name] = found.value;
    else request[field.request] = found.value;
  }
  if (isOurs) issues.push(...givenTwice(body as JsonObject));
  if (issues.length > 0) throw new BodyInvalid(inOrder(issues));
  return callOf(request as RunRequest, own as Own, isOurs ? 'ours' : 'kedro');
}

function givenTwice(body: JsonObject): Issue[] {
  const both = SAME.filter(([theirs, ours]) => Object.hasOwn(body, theirs) && Object.hasOwn(body, ours));
  return both.map(([theirs, ours]) =>
    valueIssue([ours], `it is the same as "${theirs}": give one of them.`, body[ours] ?? null),
  );
}

function callOf(given: RunRequest, own: Own, words: RunCall['words']): RunCall {
  const request = withoutEmpty(given);
  // Who asks in Kedro's words gets no values: none need be carried over.
  if (words === 'kedro') request.outputs = [];
  return {
    request,
    wait: own.wait ?? true,
    isAsync: own.is_async ?? false,
    words,
    ...(own.mode === undefined ? {} : { mode: own.mode }),
    ...(own.runner === undefined ? {} : { runner: own.runner }),
  };
}

// Kedro takes an empty filter for none; to a session it is one that lets nothing through.
function withoutEmpty(given: RunRequest): RunRequest {
  const { outputs, ...rest } = given;
  const kept = Object.entries(rest).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return { ...(Object.fromEntries(kept) as RunRequest), ...(outputs === undefined ? {} : { outputs }) };
}

function noObject(body: JsonValue): Issue {
  return issue(
    'model_attributes_type',
    [],
    'Input should be a valid dictionary or object to extract fields from',
    body,
  );
}

function inOrder(issues: readonly Issue[]): Issue[] {
  const place = ({ loc: [, name] }: Issue) => {
    const at = ORDER.indexOf(String(name));
    return at < 0 ? ORDER.length : at;
  };
  return [...issues].sort((a, b) => place(a) - place(b));
}
