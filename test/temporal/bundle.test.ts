/** The wall around workflow code, with Temporal's own bundler. */
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type LogEntry } from '@temporalio/worker';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

async function bundle(file: string, log: LogEntry[] = []): Promise<string> {
  const logger = new DefaultLogger('INFO', (entry) => log.push(entry));
  return (await bundleWorkflowCode({ workflowsPath: path.join(ROOT, file), logger })).code;
}

test('our workflows bundle from source, and bring the planner and the core but no zone data, database or YAML', async () => {
  const code = await bundle('workflows/index.ts');
  const map = Buffer.from(code.slice(code.lastIndexOf('base64,') + 'base64,'.length), 'base64');
  const { sources } = JSON.parse(map.toString('utf8')) as { sources: string[] };
  const brought = sources.join('\n');
  for (const part of ['workflows/backfill.ts', 'src/planner/index-sets.ts', 'src/core/errors.ts']) {
    expect(brought).toContain(part);
  }
  for (const heavy of [
    'temporal-polyfill',
    'duckdb',
    'node_modules/yaml',
    'src/calendar',
    'src/native',
    'src/catalog',
  ]) {
    expect(brought).not.toContain(heavy);
  }
  const packages = new Set([...brought.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map((match) => match[1]));
  expect([...packages].filter((name) => !name?.startsWith('@temporalio/')).sort()).toEqual([
    'fastest-levenshtein',
    'long',
    'ms',
    'nexus-rpc',
  ]);
});

test('a workflow that reaches for the catalog does not bundle: the wall is real', async () => {
  const log: LogEntry[] = [];
  await expect(bundle('test/temporal/workflows/forbidden.ts', log)).rejects.toThrow();
  expect(log.map(({ message }) => message).join('\n')).toMatch(/node:|fs/);
});
