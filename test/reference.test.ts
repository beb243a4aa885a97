/** The reference is what the doc comments say. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

async function pagesIn(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.md')).sort();
  const pages = files.map(async (file) => [file, await readFile(path.join(folder, file), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(pages));
}

test('docs/reference is generated from the doc comments of today: `npm run reference`', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-reference-'));
  try {
    const typedoc = path.join(ROOT, 'node_modules/typedoc/bin/typedoc');
    await promisify(execFile)(process.execPath, [typedoc, '--out', folder, '--logLevel', 'Error'], { cwd: ROOT });
    const [made, kept] = await Promise.all([pagesIn(folder), pagesIn(path.join(ROOT, 'docs/reference'))]);
    expect(Object.keys(kept)).toEqual(Object.keys(made));
    const stale = Object.keys(made).filter((file) => made[file] !== kept[file]);
    expect(stale, 'say `npm run reference`').toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
