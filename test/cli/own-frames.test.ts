import path from 'node:path';
import { expect, test } from 'vitest';
import { ownFrames } from '../../src/cli/own-frames.ts';

const SHOP = path.join(path.sep, 'home', 'me', 'shop');

function failedBy(stack: string): Error {
  return new Error('Node "price" failed', { cause: Object.assign(new Error('too dear'), { stack }) });
}

test('of a Python traceback the project’s own lines are shown, the innermost first', () => {
  const traceback = [
    'Traceback (most recent call last):',
    '  File "/usr/lib/python3.11/site-packages/kedro/pipeline/node.py", line 417, in run',
    '    outputs = self._run_with_list(inputs, self._inputs)',
    `  File "${SHOP}/src/shop/nodes.py", line 7, in price`,
    '    return check(row)',
    '  File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed',
    `  File "${SHOP}/src/shop/checks.py", line 3, in check`,
    "    raise ValueError('too dear')",
    'ValueError: too dear',
  ].join('\n');
  expect(ownFrames(failedBy(traceback))).toEqual([
    `    at check (${SHOP}/src/shop/checks.py:3)`,
    `    at price (${SHOP}/src/shop/nodes.py:7)`,
  ]);
});

test('of a stack of JavaScript they are as they stand there', () => {
  const stack = [
    'Error: too dear',
    `    at price (${SHOP}/pipelines/price.ts:7:11)`,
    `    at run (${SHOP}/node_modules/other/index.js:1:1)`,
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
  ].join('\n');
  expect(ownFrames(failedBy(stack))).toEqual([`    at price (${SHOP}/pipelines/price.ts:7:11)`]);
});
