import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { cancelledBy } from '../../src/core/index.ts';
import { createDispatcher } from '../../src/hooks/index.ts';
import { type Node, node, pipeline } from '../../src/pipeline/index.ts';
import {
  Cancellation,
  planRun,
  type RunPlan,
  type RunState,
  type RunStorage,
  runSequentially,
} from '../../src/runner/index.ts';
import { down, edgesArbitrary } from '../pipeline/graphs.ts';

const NOTHING_STORED: RunStorage = {
  load: () => expect.fail('nothing is stored'),
  save: () => expect.fail('nothing is stored'),
};

function stateFor(plan: RunPlan, more: Partial<RunState> = {}): RunState {
  return {
    info: { runId: 'r', saveVersion: 'v', project: '/p', env: 'local', pipelines: [], runtimeParams: {} },
    values: new Array(plan.slots.length).fill(undefined),
    given: new Set(),
    storage: NOTHING_STORED,
    hooks: createDispatcher([]),
    cancellation: new Cancellation(),
    ...more,
  };
}

function planOf(nodes: Node[], { keep = [] as string[], stored = [] as string[], given = [] as string[] } = {}) {
  const whole = pipeline(nodes);
  return planRun(whole, whole.nodes, (name) => stored.includes(name), new Set(keep), new Set(given));
}

describe('memory', () => {
  test('at every node just the values that are still needed are held', async () => {
    const cases = edgesArbitrary.chain((edges) =>
      fc.record({ edges: fc.constant(edges), keep: fc.subarray([...edges.keys()]), isAsync: fc.boolean() }),
    );
    const property = fc.asyncProperty(cases, async ({ edges, keep, isAsync }) => {
      const held: string[][] = [];
      const look = () => {
        held.push(plan.slots.filter(({ index }) => state.values[index] !== undefined).map(({ name }) => name));
        return isAsync ? Promise.resolve(1) : 1;
      };
      const nodes = edges.map((reads, i) => {
        const inputs = reads.map((from) => `d${from}`);
        return node(look as (...values: number[]) => unknown, { inputs, outputs: `d${i}`, name: `n${i}` });
      });
      const plan = planOf(nodes, { keep: keep.map((i) => `d${i}`) });
      const state = stateFor(plan);
      await runSequentially(plan, state);

      const order = plan.steps.map((step) => Number(step.node.name.slice(1)));
      const place = (i: number) => order.indexOf(i);
      const expected = order.map((_, now) =>
        order
          .slice(0, now)
          .filter((made) => keep.includes(made) || down(edges)(made).some((user) => place(user) >= now))
          .map((i) => `d${i}`),
      );
      expect(held.map((names) => [...names].sort())).toEqual(expected.map((names) => names.sort()));
      expect(
        plan.slots
          .filter(({ index }) => state.values[index] !== undefined)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(keep.map((i) => `d${i}`).sort());
    });
    await fc.assert(property);
  });

  test('a given value is let go after its last use, and what a node makes of it is dropped', async () => {
    const seen: unknown[] = [];
    const plan = planOf(
      [
        node(() => ({ a: 'made', b: 'b' }), { outputs: { a: 'a', b: 'b' }, name: 'first' }),
        node((a: unknown, b: unknown) => void seen.push(a, b), { inputs: ['a', 'b'], name: 'second' }),
      ],
      { given: ['a'], stored: ['a'] },
    );
    const values = new Array<unknown>(plan.slots.length);
    values[plan.slotOf.get('a')?.index ?? -1] = 'given';
    await runSequentially(plan, stateFor(plan, { values, given: new Set(['a']) }));
    expect(seen).toEqual(['given', 'b']);
    expect(values).toEqual([undefined, undefined]);
  });
});

describe('results', () => {
  const run = async (fn: () => unknown, outputs: unknown) => {
    const plan = planOf([node(fn, { outputs, name: 'subject' } as never)], { keep: ['a', 'b'] });
    const state = stateFor(plan);
    await runSequentially(plan, state);
    return ['a', 'b'].map((name) => state.values[plan.slotOf.get(name)?.index ?? -1]);
  };

  test('one value, an array and an object are taken apart as the outputs say', async () => {
    expect(await run(() => [1, 2], 'a')).toEqual([[1, 2], undefined]);
    expect(await run(() => [1, 2], ['a', 'b'])).toEqual([1, 2]);
    expect(await run(async () => ({ y: 2, x: 1, z: 3 }), { x: 'a', y: 'b' })).toEqual([1, 2]);
    expect(await run(() => null, 'a')).toEqual([null, undefined]);
  });

  test.each<[string, () => unknown, unknown, string]>([
    ['nothing for one output', () => undefined, 'a', 'returned nothing'],
    ['no array for a list', () => ({ a: 1 }), ['a', 'b'], 'returned an object'],
    ['a short array', () => [1], ['a', 'b'], 'an array of 1'],
    ['a hole in an array', () => [1, undefined], ['a', 'b'], 'nothing for "b"'],
    ['null for an object', () => null, { x: 'a' }, 'returned null'],
    ['an object without a key', () => ({ y: 1 }), { x: 'a' }, 'under the key "x"'],
  ])('%s is an error that names the node', async (_, fn, outputs, says) => {
    for (const each of [fn, async () => fn()]) {
      const failing = run(each, outputs);
      await expect(failing).rejects.toMatchObject({ code: 'NODE_OUTPUT_INVALID', details: { node: 'subject' } });
      await expect(failing).rejects.toThrow(says);
    }
  });

  test('inputs by key arrive as one object', async () => {
    const seen: unknown[] = [];
    const plan = planOf([
      node(() => 1, { outputs: 'one', name: 'one' }),
      node((named: { left: number; right: number }) => void seen.push(named), {
        inputs: { left: 'one', right: 'one' },
        name: 'two',
      }),
    ]);
    await runSequentially(plan, stateFor(plan));
    expect(seen).toEqual([{ left: 1, right: 1 }]);
  });
});

describe('failures', () => {
  const failWith = async (thrown: unknown, isAsync: boolean) => {
    const fn = () => {
      if (isAsync) return Promise.reject(thrown);
      throw thrown;
    };
    const plan = planOf([node(fn, { outputs: 'a', name: 'subject' })]);
    return await runSequentially(plan, stateFor(plan)).catch((error: unknown) => error);
  };

  test.each([false, true])('what a node throws is kept as the cause (async: %s)', async (isAsync) => {
    const thrown = new Error('the reason');
    expect(await failWith(thrown, isAsync)).toMatchObject({
      code: 'NODE_FAILED',
      message: 'Node "subject" failed: the reason',
      cause: thrown,
      retryable: true,
    });
    expect(await failWith('a text', isAsync)).toMatchObject({ message: 'Node "subject" failed: a text' });
    expect(await failWith(undefined, isAsync)).toMatchObject({ code: 'NODE_FAILED' });
  });

  test('a node may say that trying again is in vain', async () => {
    expect(await failWith(Object.assign(new Error('no'), { nonRetryable: true }), false)).toMatchObject({
      code: 'NODE_FAILED',
      retryable: false,
    });
  });
});

describe('a cancel', () => {
  test('while the last node works is thrown, and there is no node-finished for it', async () => {
    const cancellation = new Cancellation();
    const events: RunEvent['type'][] = [];
    const cancelInside = () => cancellation.cancel(cancelledBy('enough'));
    const plan = planOf([node(async () => cancelInside(), { name: 'only', inputs: null, outputs: 'a' } as never)]);
    const run = runSequentially(plan, stateFor(plan, { cancellation }), ({ type }) => events.push(type));
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(events).toEqual(['node-started']);
  });

  test('from inside a node that does not wait is seen before the next', async () => {
    const cancellation = new Cancellation();
    const ran: string[] = [];
    const plan = planOf([
      node(
        () => {
          ran.push('first');
          cancellation.cancel(cancelledBy('enough'));
          return 1;
        },
        { outputs: 'a', name: 'first' },
      ),
      node((a: number) => ran.push(`second ${a}`), { inputs: 'a', outputs: 'b', name: 'second' }),
    ]);
    const run = runSequentially(plan, stateFor(plan, { cancellation }));
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(ran).toEqual(['first']);
  });

  test('from inside the last node, which does not wait, is thrown too', async () => {
    const cancellation = new Cancellation();
    const cancelInside = () => {
      cancellation.cancel(cancelledBy('enough'));
      return 1;
    };
    const plan = planOf([node(cancelInside, { outputs: 'a', name: 'only' })]);
    const run = runSequentially(plan, stateFor(plan, { cancellation }));
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  });

  test('between a node and its save saves nothing', async () => {
    const cancellation = new Cancellation();
    const saved: string[] = [];
    const storage: RunStorage = { load: () => 1, save: async (name) => void saved.push(name) };
    const plan = planOf(
      [
        node(
          () => {
            cancellation.cancel(cancelledBy('enough'));
            return 1;
          },
          { outputs: 'a', name: 'only' },
        ),
      ],
      { stored: ['a'] },
    );
    const run = runSequentially(plan, stateFor(plan, { cancellation, storage }));
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
    expect(saved).toEqual([]);
  });
});
