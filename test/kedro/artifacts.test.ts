/** A preloaded value that a node changes: what is whole again for the next run, and what is shared on purpose. */
import { describe, expect, it } from 'vitest';
import { inProject } from './projects.ts';
import { mainPython } from './pythons.ts';

/** Names in `test/projects/kedro-values/src/odd/artifacts.py`. */
const KEPT = ['dict', 'list', 'tuple', 'set', 'bytearray', 'array', 'arrays', 'series', 'frame'];
const SHARED = ['thing', 'record', 'inside', 'ordered', 'objects'];

async function seenByThreeRuns(kinds: readonly string[]): Promise<Record<string, boolean>> {
  const isSame: Record<string, boolean> = {};
  await inProject('kedro-values', {}, async ({ session }) => {
    await session.preload(kinds.map((kind) => `${kind}_artifact`));
    for (const kind of kinds) {
      const seen = new Set<unknown>();
      for (let i = 0; i < 3; i++) seen.add((await session.run({ pipelines: [`spoil_${kind}`] })).outputs.before);
      isSame[kind] = seen.size === 1;
    }
    expect((await session.describe()).warm.map(({ hits }) => hits)).toEqual(kinds.map(() => 3));
  });
  return isSame;
}

describe.skipIf(mainPython() === undefined)('an artifact that a node changes', () => {
  it('is whole again for the next run: containers all the way down, arrays, series, frames', async () => {
    expect(await seenByThreeRuns(KEPT)).toEqual(Object.fromEntries(KEPT.map((kind) => [kind, true])));
  });

  it('stays changed, as documented: objects, subclasses of containers, Python objects that an array holds', async () => {
    expect(await seenByThreeRuns(SHARED)).toEqual(Object.fromEntries(SHARED.map((kind) => [kind, false])));
  });
});
