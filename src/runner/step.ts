/**
 * One node: its inputs gathered, its function called, its outputs taken apart and kept.
 */
import { isPipelineError, isPlainObject, messageOf, PipelineError } from '../core/index.ts';
import type { HookDispatcher, RunInfo } from '../hooks/index.ts';
import type { Node } from '../pipeline/index.ts';
import type { Cancellation } from './cancellation.ts';
import type { Slot, Step } from './plan.ts';

/** Reads and writes what is stored; memory and parameters never come here. */
export interface RunStorage {
  load(dataset: string): unknown;
  save(dataset: string, value: unknown): Promise<void>;
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
  readonly onLoaded?: (dataset: string, durationMs: number) => void;
  readonly onSaved?: (dataset: string, durationMs: number) => void;
}

/** Runs one step. Throws `NODE_FAILED`, `NODE_OUTPUT_INVALID`, `HOOK_FAILED`, and what loading and saving throw. */
export async function runStep(step: Step, state: RunState): Promise<void> {
  const { node } = step;
  const inputs = new Array<unknown>(step.inputs.length);
  for (let i = 0; i < inputs.length; i++) {
    const slot = step.inputs[i] as Slot;
    inputs[i] = slot.kind === 'stored' ? await loadStored(slot.name, node, state) : state.values[slot.index];
  }
  if (state.hooks.has('beforeNodeRun')) await replaceInputs(step, inputs, state);
  const result = await callNode(node, inputs, state);
  const outputs = takeApart(node, result);
  if (state.hooks.has('afterNodeRun')) {
    await state.hooks.call('afterNodeRun', {
      run: state.info,
      node,
      inputs: named(step.inputs, inputs),
      outputs: named(step.outputs, outputs),
    });
  }
  for (let i = 0; i < step.outputs.length; i++) await keep(step.outputs[i] as Slot, outputs[i], node, state);
  for (const slot of step.release) state.values[slot.index] = undefined;
}

async function loadStored(dataset: string, node: Node, state: RunState): Promise<unknown> {
  const { hooks, info, cancellation } = state;
  if (hooks.has('beforeDatasetLoaded')) await hooks.call('beforeDatasetLoaded', { run: info, node, dataset });
  const start = performance.now();
  const loading = state.storage.load(dataset);
  const value = isThenable(loading) ? await cancellation.race(loading) : loading;
  state.onLoaded?.(dataset, performance.now() - start);
  if (hooks.has('afterDatasetLoaded')) await hooks.call('afterDatasetLoaded', { run: info, node, dataset, value });
  return value;
}

async function replaceInputs(step: Step, inputs: unknown[], state: RunState): Promise<void> {
  const args = { run: state.info, node: step.node, inputs: named(step.inputs, inputs) };
  const replaced = await state.hooks.call('beforeNodeRun', args);
  if (replaced === undefined) return;
  for (const [i, slot] of step.inputs.entries()) {
    if (Object.hasOwn(replaced, slot.name)) inputs[i] = replaced[slot.name];
  }
}

async function callNode(node: Node, inputs: unknown[], state: RunState): Promise<unknown> {
  try {
    const args = node.inputs.kind === 'keyword' ? [keyword(node, inputs)] : inputs;
    const result = (node.fn as (...args: unknown[]) => unknown)(...args);
    return isThenable(result) ? await state.cancellation.race(result) : result;
  } catch (error) {
    state.cancellation.throwIfCancelled();
    if (state.hooks.has('onNodeError')) {
      const byName = Object.fromEntries(node.inputs.names.map((name, i) => [name, inputs[i]]));
      await state.hooks.call('onNodeError', { run: state.info, node, inputs: byName, error });
    }
    throw nodeFailed(node, error);
  }
}

// A node may say itself that trying again is in vain: by a PipelineError, or by a property that Temporal users know.
function nodeFailed(node: Node, cause: unknown): PipelineError {
  const isFinal = isPipelineError(cause)
    ? !cause.retryable
    : (cause as { nonRetryable?: unknown } | null)?.nonRetryable === true;
  return new PipelineError('NODE_FAILED', `Node "${node.name}" failed: ${messageOf(cause)}`, {
    cause,
    details: { node: node.name },
    retryable: !isFinal,
  });
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

async function keep(slot: Slot, value: unknown, node: Node, state: RunState): Promise<void> {
  if (state.given.has(slot.name)) return;
  if (slot.kind !== 'stored') {
    state.values[slot.index] = value;
    return;
  }
  const { hooks, info, cancellation } = state;
  const dataset = slot.name;
  cancellation.throwIfCancelled();
  if (hooks.has('beforeDatasetSaved')) await hooks.call('beforeDatasetSaved', { run: info, node, dataset, value });
  const start = performance.now();
  await state.storage.save(dataset, value);
  state.onSaved?.(dataset, performance.now() - start);
  if (hooks.has('afterDatasetSaved')) await hooks.call('afterDatasetSaved', { run: info, node, dataset, value });
}

function named(slots: readonly Slot[], values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(slots.map((slot, i) => [slot.name, values[i]]));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
