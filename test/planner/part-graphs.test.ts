import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GraphPart, type PartRunner, runGraph } from '../../src/planner/index.ts';

interface Part extends GraphPart {
  isBad: boolean;
  turns: number;
}

/** Parts that come after some of those with a lower number; their order in the list is any. */
const graphs: fc.Arbitrary<Part[]> = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc
    .tuple(
      ...Array.from({ length: count }, (_, i) =>
        fc.record({
          name: fc.constant(`p${i}`),
          after: fc.subarray(Array.from({ length: i }, (_, j) => `p${j}`)),
          isBad: fc.constantFrom(false, false, true),
          turns: fc.nat(3),
        }),
      ),
    )
    .chain((parts) => fc.shuffledSubarray(parts, { minLength: count })),
);

function runner(events: string[]): PartRunner<Part, string> {
  return {
    async run(part, before) {
      events.push(`start ${part.name}`);
      expect([...before.keys()].sort()).toEqual([...(part.after ?? [])].sort());
      for (let i = 0; i < part.turns; i++) await nextTurn();
      events.push(`end ${part.name}`);
      if (part.isBad) throw new Error(part.name);
      return part.name;
    },
    isCancel: () => false,
    named: (part, error) => new Error(`${part}: ${(error as Error).message}`),
  };
}

test('each part runs once, after those before it, unless one of them is bad; the first bad one is told', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (parts) => {
      const events: string[] = [];
      const result = await runGraph(parts, runner(events)).catch((error: Error) => error.message);
      const byName = new Map(parts.map((part) => [part.name, part]));
      const isBlocked = (part: Part): boolean =>
        (part.after ?? []).some((name) => {
          const other = byName.get(name) as Part;
          return other.isBad || isBlocked(other);
        });
      const ran = parts.filter((part) => !isBlocked(part));
      expect(events.filter((each) => each.startsWith('start')).sort()).toEqual(
        ran.map(({ name }) => `start ${name}`).sort(),
      );
      for (const { name, after = [] } of ran)
        for (const other of after) expect(events.indexOf(`end ${other}`)).toBeLessThan(events.indexOf(`start ${name}`));
      const bad = ran.find(({ isBad }) => isBad)?.name;
      const told = parts.length === 1 ? bad : `${bad}: ${bad}`;
      expect(result).toEqual(bad === undefined ? parts.map(({ name }) => name) : told);
    }),
  );
});

test('parts in a circle are refused before any of them runs', async () => {
  const events: string[] = [];
  const part = (name: string, after: string): Part => ({ name, after: [after], isBad: false, turns: 0 });
  await expect(runGraph([part('a', 'c'), part('b', 'a'), part('c', 'b')], runner(events))).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: 'Parts wait for each other in a circle: a after c after b after a.',
  });
  expect(events).toEqual([]);
});

test('a part after one that is not there is named', async () => {
  const parts: Part[] = [
    { name: 'clean', isBad: false, turns: 0 },
    { name: 'told', after: ['claen'], isBad: false, turns: 0 },
  ];
  await expect(runGraph(parts, runner([]))).rejects.toThrow(
    'told: Part "told" comes after "claen", which is no part of the job. Did you mean "clean"?',
  );
});
