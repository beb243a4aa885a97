/** The concurrent runner, held against the sequential one and against what it promises. */
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cancelledBy, type RunEvent } from '../../src/core/index.ts';
import { createDispatcher, type Hooks } from '../../src/hooks/index.ts';
import { type Node, node, pipeline } from '../../src/pipeline/index.ts';
import {
  Cancellation,
  planRun,
  type RunPlan,
  type RunState,
  type RunStorage,
  runConcurrently,
  runSequentially,
} from '../../src/runner/index.ts';
import { down, type Edges, edgesArbitrary } from '../pipeline/graphs.ts';

const LOG = ['beforeDatasetLoaded', 'afterDatasetLoaded', 'beforeNodeRun', 'afterNodeRun'] as const;
const SAVE_LOG = ['beforeDatasetSaved', 'afterDatasetSaved'] as const;

interface Case {
  edges: Edges;
  stored: number[];
  keep: number[];
  /** Event loop turns that each node takes; 0: it returns at once, without a promise. */
  turns: number[];
  limit: number;
}

const caseArbitrary: fc.Arbitrary<Case> = edgesArbitrary.chain((edges) =>
  fc.record({
    edges: fc.constant(edges),
    stored: fc.subarray([...edges.keys()]),
    keep: fc.subarray([...edges.keys()]),
    turns: fc.array(fc.nat({ max: 4 }), { minLength: edges.length, maxLength: edges.length }),
    limit: fc.integer({ min: 1, max: 5 }),
  }),
);

/** What one run did. */
interface Seen {
  active: number;
  most: number;
  /** Names of nodes whose function was called, in order. */
  called: string[];
  /** Inputs that were not there when a node was called. */
  missing: string[];
  stored: Map<string, unknown>;
  hooks: Map<string, string[]>;
  events: RunEvent[];
}

async function turn(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setImmediate(resolve));
}

function nodesFor({ edges, turns }: Case, seen: Seen): Node[] {
  return edges.map((reads, i) => {
    const name = `n${i}`;
    const end = (values: unknown[]) => {
      seen.active--;
      return `${name}(${values.join(',')})`;
    };
    const work = (...values: unknown[]) => {
      seen.called.push(name);
      seen.active++;
      seen.most = Math.max(seen.most, seen.active);
      values.forEach((value, at) => void (value === undefined && seen.missing.push(`${name} ${at}`)));
      const turnsOfNode = turns[i] ?? 0;
      return turnsOfNode === 0 ? end(values) : turn(turnsOfNode).then(() => end(values));
    };
    return node(work, { inputs: reads.map((from) => `d${from}`), outputs: `d${i}`, name });
  });
}

function prepared(given: Case) {
  const seen: Seen = {
    active: 0,
    most: 0,
    called: [],
    missing: [],
    stored: new Map(),
    hooks: new Map(),
    events: [],
  };
  const whole = pipeline(nodesFor(given, seen));
  const isStored = (name: string) => given.stored.includes(Number(name.slice(1)));
  const plan = planRun(whole, whole.nodes, isStored, new Set(given.keep.map((i) => `d${i}`)), new Set());
  const hook = (name: string) => (args: { node?: { name: string }; dataset?: string }) => {
    const of = args.node?.name ?? '';
    seen.hooks.set(of, [...(seen.hooks.get(of) ?? []), [name, args.dataset].join(' ')]);
  };
  const hooks = Object.fromEntries([...LOG, ...SAVE_LOG].map((name) => [name, hook(name)])) as Hooks;
  const storage: RunStorage = {
    load: async (name) => {
      await turn(1);
      return seen.stored.get(name);
    },
    save: async (name, value) => {
      await turn(1);
      seen.stored.set(name, value);
    },
  };
  return { seen, plan, state: stateFor(plan, { storage, hooks: createDispatcher([hooks]) }) };
}

function stateFor(plan: RunPlan, more: Partial<RunState> = {}): RunState {
  const nothing: RunStorage = { load: () => expect.fail('nothing stored'), save: () => expect.fail('nothing stored') };
  return {
    info: { runId: 'r', saveVersion: 'v', project: '/p', env: 'local', pipelines: [], runtimeParams: {} },
    values: new Array(plan.slots.length).fill(undefined),
    given: new Set(),
    storage: nothing,
    hooks: createDispatcher([]),
    cancellation: new Cancellation(),
    ...more,
  };
}

function left(plan: RunPlan, values: readonly unknown[]): Record<string, unknown> {
  const there = plan.slots.filter(({ index }) => values[index] !== undefined);
  return Object.fromEntries(there.map(({ name, index }) => [name, values[index]]));
}

describe('beside the sequential runner, on random graphs', () => {
  test('the same is made, saved, kept and reported, each node’s hooks come in the same order, and never too many run', async () => {
    const property = fc.asyncProperty(caseArbitrary, async (given) => {
      const one = prepared(given);
      const many = prepared(given);
      const expected = await runSequentially(one.plan, one.state, (event) => void one.seen.events.push(event));
      const reports = await runConcurrently(many.plan, many.state, given.limit, (event) => {
        many.seen.events.push(event);
      });
      expect(many.seen.stored).toEqual(one.seen.stored);
      expect(left(many.plan, many.state.values)).toEqual(left(one.plan, one.state.values));
      expect(reports.map(({ name, status }) => [name, status])).toEqual(
        expected.map(({ name, status }) => [name, status]),
      );
      expect(many.seen.hooks).toEqual(one.seen.hooks);
      expect(many.seen.missing).toEqual([]);
      expect(many.seen.most).toBeLessThanOrEqual(given.limit);
      const place = (type: string, name: string) =>
        many.seen.events.findIndex((event) => event.type === type && 'node' in event && event.node === name);
      for (const [i, reads] of given.edges.entries()) {
        for (const from of reads)
          expect(place('node-started', `n${i}`)).toBeGreaterThan(place('node-finished', `n${from}`));
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('one at a time, nodes run in the plan’s order', async () => {
    const property = fc.asyncProperty(caseArbitrary, async (given) => {
      const { plan, seen, state } = prepared(given);
      await runConcurrently(plan, state, 1);
      expect(seen.called).toEqual(plan.steps.map(({ node: { name } }) => name));
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('after a failure nothing starts, what runs ends and is saved first, and nothing is saved later', async () => {
    const cases = caseArbitrary.chain((given) =>
      fc.record({ given: fc.constant(given), failing: fc.nat({ max: given.edges.length - 1 }) }),
    );
    const property = fc.asyncProperty(cases, async ({ given, failing }) => {
      const { seen, plan, state } = prepared(given);
      const steps = plan.steps.map((step) => {
        if (step.node.name !== `n${failing}`) return step;
        const fail = async () => {
          await turn(given.turns[failing] ?? 0);
          throw new Error('told to');
        };
        return { ...step, node: { ...step.node, fn: fail } };
      });
      const events: string[] = [];
      const run = runConcurrently({ ...plan, steps: steps as never }, state, given.limit, (event) => {
        if ('node' in event) events.push(`${event.type} ${event.node}`);
      });
      await expect(run).rejects.toMatchObject({ code: 'NODE_FAILED', details: { node: `n${failing}` } });
      const saved = new Map(seen.stored);
      const ended = [...events];
      await turn(30);
      expect(seen.stored).toEqual(saved);
      expect(events).toEqual(ended);
      expect(seen.active).toBe(0);
      const above = new Set([`n${failing}`]);
      for (const name of above) for (const i of down(given.edges)(Number(name.slice(1)))) above.add(`n${i}`);
      expect(seen.called.filter((name) => above.has(name))).toEqual([]);
      for (const name of seen.called) expect(events).toContain(`node-finished ${name}`);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

function planOf(nodes: Node[], stored: string[] = []) {
  const whole = pipeline(nodes);
  return planRun(whole, whole.nodes, (name) => stored.includes(name), new Set(), new Set());
}

const forever = () => new Promise<never>(() => {});

test('nodes that do not need each other wait at the same time', async () => {
  let running = 0;
  const meet = async () => {
    running++;
    while (running < 3) await delay(1);
    return 1;
  };
  const plan = planOf(['a', 'b', 'c'].map((name) => node(meet, { outputs: name, name })));
  expect(await runConcurrently(plan, stateFor(plan), 3)).toHaveLength(3);
});

test('a cancel ends the waits of all nodes, starts none, and saves nothing', async () => {
  const cancellation = new Cancellation();
  const saved: string[] = [];
  const storage: RunStorage = { load: () => 1, save: async (name) => void saved.push(name) };
  let begun = 0;
  const wait = () => {
    if (++begun === 2) setImmediate(() => cancellation.cancel(cancelledBy('enough')));
    return forever();
  };
  const plan = planOf(
    ['a', 'b', 'c'].map((name) => node(wait, { outputs: name, name })),
    ['a', 'b', 'c'],
  );
  const run = runConcurrently(plan, stateFor(plan, { cancellation, storage }), 2);
  await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED', cause: 'enough' });
  expect([begun, saved]).toEqual([2, []]);
});

test('of several failures the first is told, and names the others', async () => {
  const fail = (turns: number) => async () => {
    await turn(turns);
    throw new Error(`after ${turns}`);
  };
  const plan = planOf([
    node(fail(3), { outputs: 'a', name: 'late' }),
    node(fail(1), { outputs: 'b', name: 'early' }),
    node(async () => 1, { outputs: 'c', name: 'well' }),
  ]);
  await expect(runConcurrently(plan, stateFor(plan), 3)).rejects.toMatchObject({
    message: 'Node "early" failed: after 1',
    details: { node: 'early', alsoFailed: ['late'] },
  });
});

test('a value is let go when its last user has ended, whichever that is', async () => {
  const gate = new Promise<void>((resolve) => setTimeout(resolve, 20));
  const held: boolean[] = [];
  const state: { values: unknown[] } = { values: [] };
  const at = () => plan.slotOf.get('big')?.index ?? -1;
  const plan: RunPlan = planOf([
    node(() => 'big', { outputs: 'big', name: 'make' }),
    node((big: string) => gate.then(() => big.length), { inputs: 'big', outputs: 'a', name: 'a_slow' }),
    node((big: string) => big.length, { inputs: 'big', outputs: 'b', name: 'b_fast' }),
    node(() => held.push(state.values[at()] !== undefined), {
      inputs: 'b',
      outputs: 'c',
      name: 'c_after_fast',
    } as never),
    node(() => held.push(state.values[at()] !== undefined), {
      inputs: 'a',
      outputs: 'd',
      name: 'd_after_slow',
    } as never),
  ]);
  const run = stateFor(plan);
  state.values = run.values;
  await runConcurrently(plan, run, 4);
  expect(held).toEqual([true, false]);
});

test('reading and writing one dataset in two ways is an order, too', async () => {
  const order: string[] = [];
  const storage: RunStorage = { load: () => 1, save: async () => turn(3).then(() => void order.push('saved')) };
  const plan = planOf(
    [
      node(() => 1, { outputs: 'table@rows', name: 'write' }),
      node(() => void order.push('read'), { inputs: 'table@text', name: 'read' } as never),
    ],
    ['table@rows', 'table@text'],
  );
  await runConcurrently(plan, stateFor(plan, { storage }), 4);
  expect(order).toEqual(['saved', 'read']);
});
