/** `docs/jobs.md` says every key, and its examples are what a project could have. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { jobsOf } from './files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

test('its examples are without a mistake', async () => {
  const page = await readFile(path.join(ROOT, 'docs/jobs.md'), 'utf8');
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);
  expect(examples.length).toBeGreaterThan(1);
  for (const yaml of examples) expect(Object.keys((await jobsOf(yaml)).jobs)).not.toEqual([]);
});

test('it says every key', async () => {
  const page = await readFile(path.join(ROOT, 'docs/jobs.md'), 'utf8');
  const schema = await readFile(path.join(ROOT, 'src/jobs/schema.ts'), 'utf8');
  const keys = new Set([...schema.matchAll(/(?:^|[{ ])([a-z_]+): /gm)].map(([, key = '']) => key));
  keys.delete('api_key');
  expect(keys.size).toBeGreaterThan(60);
  expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
});
