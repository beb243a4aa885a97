import { expect, it } from 'vitest';
import type { RunRequest } from '../../../src/core/index.ts';
import { failureOf, type InCopy, nodesOf } from './subject.ts';

const TOP = { runtimeData: { top: 1 } };
const BOTTOM = { runtimeData: { bottom: 1 } };

const SLICES: [string, RunRequest, string[]][] = [
  ['tags', { tags: ['side'], ...TOP }, ['sides.east.east', 'sides.west.west']],
  ['several tags', { tags: ['up', 'side'] }, ['top', 'sides.east.east', 'sides.west.west']],
  ['fromNodes', { fromNodes: ['bottom'], runtimeData: { west: 1, east: 2 } }, ['bottom', 'tail']],
  ['toNodes', { toNodes: ['sides.west.west'] }, ['top', 'sides.west.west']],
  ['nodeNames', { nodeNames: ['tail'], ...BOTTOM }, ['tail']],
  ['fromInputs', { fromInputs: ['bottom'], ...BOTTOM }, ['tail']],
  ['toOutputs', { toOutputs: ['bottom'] }, ['top', 'sides.east.east', 'sides.west.west', 'bottom']],
  ['a namespace and what is in it', { namespaces: ['sides'], ...TOP }, ['sides.east.east', 'sides.west.west']],
  ['a nested namespace', { namespaces: ['sides.west'], ...TOP }, ['sides.west.west']],
  ['filters together', { tags: ['up'], toOutputs: ['west'] }, ['top', 'sides.west.west']],
  ['empty lists', { tags: [], nodeNames: [] }, ['top', 'sides.east.east', 'sides.west.west', 'bottom', 'tail']],
];

const REFUSED: [RunRequest, string, string][] = [
  [{ nodeNames: ['tale'] }, 'NODE_NOT_FOUND', '"tail"'],
  [{ fromNodes: ['toop'] }, 'NODE_NOT_FOUND', '"top"'],
  [{ tags: ['sid'] }, 'TAG_NOT_FOUND', '"side"'],
  [{ namespaces: ['side'] }, 'NAMESPACE_NOT_FOUND', '"sides"'],
  [{ toOutputs: ['botom'] }, 'DATASET_NOT_IN_PIPELINE', '"bottom"'],
  [{ tags: ['down'], toOutputs: ['top'] }, 'PIPELINE_EMPTY', ''],
];

export function slicing(inCopy: InCopy): void {
  it.each(SLICES)('%s', (_, request, nodes) =>
    inCopy(async ({ run }) => {
      expect(nodesOf(await run('parts', request))).toEqual(nodes);
    })(),
  );

  it.each(REFUSED)('%j is refused with %s', (request, code, says) =>
    inCopy(async ({ run }) => {
      expect(await failureOf(run('parts', request))).toMatchObject({ code, message: expect.stringContaining(says) });
    })(),
  );

  it(
    'a slice returns its own free outputs',
    inCopy(async ({ run }) => {
      expect((await run('parts', { toNodes: ['sides.west.west'] })).outputs).toEqual({ west: 7 });
    }),
  );
}
