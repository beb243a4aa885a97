/**
 * One node: its inputs gathered, its function called, its outputs taken apart and kept.
 */
import { isPipelineError, isPlainObject, messageOf, PipelineError } from '../core/index.ts';
import type { HookDispatcher, RunInfo } from '../hooks/index.ts';
import type { Node } from '../pipeline/index.ts';
import type { Cancellation } from './cancellation.ts';
import { releaseUnused } from './dependencies.ts';
import { frozenHint } from './frozen-inputs.ts';
import type { Slot, Step } from './plan.ts';

/** Reads and writes what is stored; parameters, and memory that no entry declares, never come here. */
export interface RunStorage {
  load(dataset: string): unknown;
  save(dataset: string, value: unknown): Promise<void>;
  /** A value in memory as its entry hands it on, at each save and each load. Throws `DATASET_VALUE_INVALID`. */
  copy?(dataset: string, value: unknown): unknown;
  /** The run needs no more what storage may hold of that dataset in memory. */
  release?(dataset: string): void;
}

/** What a run has in its hands. */
export interface RunState {
  readonly info: RunInfo;
  /** One value a slot; `undefined` is "not there". */
  readonly values: unknown[];
  /** Names whose values were injected: what a node returns for them is dropped. */
  readonly given: ReadonlySet<string>;
  readonly storage: RunStorage;
  readonly hooks: HookDispatcher;
  readonly cancellation: Cancellation;
  /** How many steps still need each slot, where steps do not end in the plan's order. Default: a step's `release` says. */
  readonly users?: Int32Array;
  readonly onLoaded?: (dataset: string, durationMs: number) => void;
  readonly onSaved?: (dataset: string, durationMs: number) => void;
}

/**
 * Runs one step; at once, without a promise, where nothing has to be waited for. Throws `NODE_FAILED`,
 * `NODE_OUTPUT_INVALID`, `HOOK_FAILED`, and what loading and saving throw.
 */
export function runStep(step: Step, state: RunState): Promise<void> | undefined {
  return step.isInMemory && !state.hooks.watchesSteps ? runInMemory(step, state) : runWatched(step, state);
}

// Most steps of a prediction touch neither storage nor hooks; a promise for each would cost more than the step.
function runInMemory(step: Step, state: RunState): Promise<void> | undefined {
  const inputs = step.inputs.map((slot) => state.values[slot.index]);
  const result = callNode(step.node, inputs, state);
  if (isThenable(result)) return result.then((value) => keepAll(step, value, state));
  keepAll(step, result, state);
  return undefined;
}

function keepAll(step: Step, result: unknown, state: RunState): void {
  const outputs = takeApart(step.node, result);
  for (let i = 0; i < outputs.length; i++) keepInMemory(step.outputs[i] as Slot, outputs[i], state);
  release(step, state);
}

async function runWatched(step: Step, state: RunState): Promise<void> {
  const { node } = step;
  const { hooks, info } = state;
  const inputs: unknown[] = [];
  for (const slot of step.inputs) {
    inputs.push(
      slot.kind === 'stored' || hooks.watchesSteps
        ? await loadInput(slot, node, state)
        : handOn(slot, state.values[slot.index], node, state),
    );
  }
  if (hooks.has('beforeNodeRun')) await replaceInputs(step, inputs, state);
  const outputs = await callWatched(step, inputs, state);
  if (hooks.has('afterNodeRun')) {
    const args = { run: info, node, inputs: named(step.inputs, inputs), outputs: named(step.outputs, outputs) };
    await hooks.call('afterNodeRun', args, state.cancellation);
  }
  for (const [i, slot] of step.outputs.entries()) {
    if (slot.kind === 'stored' || hooks.watchesSteps) await saveOutput(slot, outputs[i], node, state);
    else keepInMemory(slot, handOn(slot, outputs[i], node, state), state);
  }
  release(step, state);
}

function keepInMemory(slot: Slot, value: unknown, state: RunState): void {
  if (!state.given.has(slot.name)) state.values[slot.index] = value;
}

function release(step: Step, state: RunState): void {
  if (state.users !== undefined) releaseUnused(step, state.users, (slot) => letGo(slot, state));
  else for (const slot of step.release) letGo(slot, state);
}

function letGo(slot: Slot, state: RunState): void {
  if (slot.kind === 'stored') state.storage.release?.(slot.name);
  else state.values[slot.index] = undefined;
}

function handOn(slot: Slot, value: unknown, node: Node, state: RunState): unknown {
  if (!slot.isDeclared || state.storage.copy === undefined) return value;
  try {
    return state.storage.copy(slot.name, value);
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    const details = { ...error.details, node: node.name };
    throw new PipelineError(error.code, `Node "${node.name}": ${error.message}`, { cause: error.cause, details });
  }
}

// As in the Kedro engine, who shows the run can say at which node it ended. Storage may throw the same error to other runs.
function atNode(error: unknown, node: Node, { cancellation }: RunState): unknown {
  if (!isPipelineError(error) || cancellation.isCancelled) return error;
  const { code, message, cause, retryable, details } = error;
  return new PipelineError(code, message, { cause, retryable, details: { ...details, node: node.name } });
}

// As in Kedro, hooks hear of every input and output: parameters and values in memory are loaded and saved, too.
async function loadInput(slot: Slot, node: Node, state: RunState): Promise<unknown> {
  const { hooks, info, cancellation } = state;
  const dataset = slot.name;
  if (hooks.has('beforeDatasetLoaded'))
    await hooks.call('beforeDatasetLoaded', { run: info, node, dataset }, cancellation);
  const value =
    slot.kind === 'stored'
      ? await loadStored(dataset, node, state)
      : handOn(slot, state.values[slot.index], node, state);
  if (hooks.has('afterDatasetLoaded'))
    await hooks.call('afterDatasetLoaded', { run: info, node, dataset, value }, cancellation);
  return value;
}

async function loadStored(dataset: string, node: Node, state: RunState): Promise<unknown> {
  const start = performance.now();
  try {
    const loading = state.storage.load(dataset);
    const value = isThenable(loading) ? await state.cancellation.race(loading) : loading;
    state.onLoaded?.(dataset, performance.now() - start);
    return value;
  } catch (error) {
    throw atNode(error, node, state);
  }
}

async function replaceInputs(step: Step, inputs: unknown[], state: RunState): Promise<void> {
  const args = { run: state.info, node: step.node, inputs: named(step.inputs, inputs) };
  const replaced = await state.hooks.call('beforeNodeRun', args, state.cancellation);
  if (replaced === undefined) return;
  for (const [i, slot] of step.inputs.entries()) {
    if (Object.hasOwn(replaced, slot.name)) inputs[i] = replaced[slot.name];
  }
}

async function callWatched(step: Step, inputs: unknown[], state: RunState): Promise<readonly unknown[]> {
  try {
    return takeApart(step.node, await callNode(step.node, inputs, state));
  } catch (error) {
    if (!state.cancellation.isCancelled && state.hooks.has('onNodeError')) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      const args = { run: state.info, node: step.node, inputs: named(step.inputs, inputs), error: cause };
      await state.hooks.tell(error, 'onNodeError', args, state.cancellation);
      state.cancellation.throwIfCancelled();
    }
    throw error;
  }
}

/** Calls the function; the answer is a promise only where the function's is. Throws `NODE_FAILED` or the cancel. */
function callNode(node: Node, inputs: readonly unknown[], state: RunState): unknown {
  const { cancellation } = state;
  const failed = (error: unknown): never => {
    cancellation.throwIfCancelled();
    throw nodeFailed(node, error, inputs);
  };
  try {
    const args = node.inputs.kind === 'keyword' ? [keyword(node, inputs)] : inputs;
    const result = (node.fn as (...args: unknown[]) => unknown)(...args);
    return isThenable(result) ? cancellation.race(result).catch(failed) : result;
  } catch (error) {
    return failed(error);
  }
}

// A node may say itself that trying again is in vain: by a PipelineError, or by a property that Temporal users know.
function nodeFailed(node: Node, cause: unknown, inputs: readonly unknown[]): PipelineError {
  const isFinal = isPipelineError(cause)
    ? !cause.retryable
    : (cause as { nonRetryable?: unknown } | null)?.nonRetryable === true;
  return new PipelineError(
    'NODE_FAILED',
    `Node "${node.name}" failed: ${messageOf(cause)}${frozenHint(node, inputs, cause)}`,
    {
      cause,
      details: { node: node.name },
      retryable: !isFinal,
    },
  );
}

function keyword(node: Node, inputs: readonly unknown[]): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (let i = 0; i < inputs.length; i++) args[node.inputs.keys[i] as string] = inputs[i];
  return args;
}

/** The values of a node's outputs, in the order of their names. */
function takeApart(node: Node, result: unknown): readonly unknown[] {
  const { kind, names, keys } = node.outputs;
  switch (kind) {
    case 'none':
      return [];
    case 'single':
      if (result === undefined) throw badOutput(node, 'returned nothing', `a value for "${names[0]}"`);
      return [result];
    case 'list':
      if (!Array.isArray(result))
        throw badOutput(node, `returned ${shapeOf(result)}`, `an array of ${names.length} values`);
      if (result.length !== names.length)
        throw badOutput(node, `returned an array of ${result.length}`, `one of ${names.length}`);
      return result.map((value, i) => present(node, value, names[i] as string));
    case 'keyword': {
      if (typeof result !== 'object' || result === null) {
        throw badOutput(
          node,
          `returned ${shapeOf(result)}`,
          `an object with ${keys.map((key) => `"${key}"`).join(', ')}`,
        );
      }
      const parts = result as Record<string, unknown>;
      return keys.map((key, i) => present(node, parts[key], names[i] as string, key));
    }
    default: {
      const never: never = kind;
      return never;
    }
  }
}

function present(node: Node, value: unknown, dataset: string, key?: string): unknown {
  if (value !== undefined) return value;
  const where = key === undefined ? '' : ` under the key "${key}"`;
  throw badOutput(node, `returned nothing for "${dataset}"${where}`, 'a value');
}

function shapeOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return isPlainObject(value) ? 'an object' : value === null ? 'null' : `a ${typeof value}`;
}

function badOutput(node: Node, was: string, expected: string): PipelineError {
  return new PipelineError('NODE_OUTPUT_INVALID', `Node "${node.name}" ${was}; its outputs need ${expected}.`, {
    details: { node: node.name },
  });
}

async function saveOutput(slot: Slot, value: unknown, node: Node, state: RunState): Promise<void> {
  const { hooks, info, cancellation } = state;
  const dataset = slot.name;
  // What was given for this run is there already.
  if (state.given.has(dataset)) return;
  cancellation.throwIfCancelled();
  if (hooks.has('beforeDatasetSaved'))
    await hooks.call('beforeDatasetSaved', { run: info, node, dataset, value }, cancellation);
  if (slot.kind === 'stored') await saveStored(dataset, value, node, state);
  else keepInMemory(slot, handOn(slot, value, node, state), state);
  if (hooks.has('afterDatasetSaved'))
    await hooks.call('afterDatasetSaved', { run: info, node, dataset, value }, cancellation);
}

async function saveStored(dataset: string, value: unknown, node: Node, state: RunState): Promise<void> {
  const start = performance.now();
  await state.storage.save(dataset, value).catch((error: unknown) => {
    throw atNode(error, node, state);
  });
  state.onSaved?.(dataset, performance.now() - start);
}

function named(slots: readonly Slot[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(slots.map((slot, i) => [slot.name, values[i]]));
}

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
