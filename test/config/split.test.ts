/** A file that is cut at its keys is what it is when it is read whole. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fillParameters } from '../../src/config/index.ts';
import { templateOf } from './conf-tree.ts';
import { randomYaml } from './parity/random-yaml.ts';

async function parametersOf(text: string, whole: boolean): Promise<string> {
  try {
    return JSON.stringify(fillParameters(await templateOf({ 'base/parameters.yml': text }, { whole })));
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it('any text: the same values, or a mistake that is found both ways', async () => {
  await fc.assert(
    fc.asyncProperty(randomYaml, async (text) => {
      expect(await parametersOf(text, false)).toBe(await parametersOf(text, true));
    }),
    { numRuns: 400 },
  );
});

it.each([
  'a: 1\nb:\n- 1\n- x: 2\n\n# c\nc: {d: "e: f"}\n"{n}_x":\n  - y\n',
  '  x\na: 1\n',
  'a: "x\nb: y"\n',
  'a: [1,\nb: 2]\n',
  'a: &x 1\nb: *x\n',
  'a: 1\nyes: 2\n',
  "a: it's\nb: 'x'\n",
  'a: |\n  "not closed\n\n  b: 1\nc: 2\n',
  'a: ${x}\nx: ${globals:y, [1, {z: 2}]}\n',
])('this text: %j', async (text) => {
  expect(await parametersOf(text, false)).toBe(await parametersOf(text, true));
});
