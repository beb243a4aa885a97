/** A group that a caller names: read, merged and filled like the others. `test/jobs` has what files belong to it. */
import { expect, test } from 'vitest';
import { type FilledGroup, type GroupOptions, readGroup } from '../../src/config/index.ts';
import { type ConfTree, failure, withProject } from './conf-tree.ts';

function groupOf(tree: ConfTree, options: Omit<GroupOptions, 'project'> = {}): Promise<FilledGroup> {
  return withProject(tree, (project) => readGroup('tools', { project, ...options }));
}

test('is filled with globals and runtime params, frozen, private keys left out', async () => {
  const group = await groupOf(
    {
      'base/globals.yml': 'where: here',
      'base/tools.yml': '_own: 1\na: { x: "${globals:where}", y: "${runtime_params:y,2}", z: "${_own}" }',
    },
    { runtimeParams: { y: 3 } },
  );
  expect(group.value).toEqual({ a: { x: 'here', y: 3, z: 1 } });
  expect(Object.isFrozen(group.value.a)).toBe(true);
});

test('is empty for a project that has no such file, and an error for what is no project', async () => {
  expect((await groupOf({})).value).toEqual({});
  expect(await failure(() => readGroup('tools', { project: 'no/such/folder' }))).toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  });
  expect(await failure(() => groupOf({}, { env: 'prdo' }))).toMatchObject({ code: 'CONFIG_ENV_NOT_FOUND' });
});

test('reads no environment variables: those are for credentials', async () => {
  expect(await failure(() => groupOf({ 'base/tools.yml': 'a: "${oc.env:HOME}"' }))).toMatchObject({
    code: 'CONFIG_UNRESOLVED',
  });
});

const TREE = {
  'base/tools.yml': 'a: { x: 1, y: 2 }\nb: [1, { c: 2 }]',
  'base/tools_more.yml': 'a: { z: 3 }',
  'local/tools.yml': 'a: { y: 4 }',
};

test('a file is told by keys, also by those that are missing: the environment’s first, where it replaces the base’s', async () => {
  const group = await groupOf(TREE);
  expect(group.value).toEqual({ a: { y: 4 }, b: [1, { c: 2 }] });
  const files = [['a', 'y'], ['a', 'x'], ['b', '1', 'c'], ['b', '1', 'none'], ['none']].map((keys) =>
    group.fileOf(keys),
  );
  expect(files).toEqual([
    'conf/local/tools.yml',
    'conf/local/tools.yml',
    'conf/base/tools.yml',
    'conf/base/tools.yml',
    'conf/local/tools.yml',
  ]);
  expect((await groupOf({})).fileOf(['a'])).toBeUndefined();
});

test('merged softly, each key is told by the file that has it', async () => {
  const group = await groupOf(TREE, { mergeStrategy: 'soft' });
  expect(group.value.a).toEqual({ x: 1, y: 4, z: 3 });
  expect([group.fileOf(['a', 'x']), group.fileOf(['a', 'y']), group.fileOf(['a', 'z'])]).toEqual([
    'conf/base/tools.yml',
    'conf/local/tools.yml',
    'conf/base/tools_more.yml',
  ]);
});
