/** What the pages tell people to import is there. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const PAGES = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)];
const DOORS = [
  'kedro-temporal',
  'kedro-temporal/client',
  'kedro-temporal/plugin',
  'kedro-temporal/server',
  'kedro-temporal/testing',
];

const MODULES = new Map<string, Record<string, unknown>>();
for (const door of DOORS) MODULES.set(door, await import(door));

/** Values that the code of a page imports from this package, types left out, as `door name`. */
function importsOf(text: string): string[] {
  const code = [...text.matchAll(/```(?:ts|js|mjs)\n([\s\S]*?)```/g)].map(([, block = '']) => block).join('\n');
  return [...code.matchAll(/import \{([^}]*)\} from '(kedro-temporal[^']*)'/g)].flatMap(([, names = '', door = '']) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => `${door} ${name}`),
  );
}

test('each name that a page imports from this package is one of its exports', () => {
  const pages = PAGES.filter((page) => page.endsWith('.md'));
  const imports = pages.flatMap((page) =>
    importsOf(readFileSync(path.join(ROOT, page), 'utf8')).map((what) => ({ page, what })),
  );
  expect(imports.length).toBeGreaterThan(20);
  const missing = imports.filter(({ what }) => {
    const [door = '', name = ''] = what.split(' ');
    return MODULES.get(door)?.[name] === undefined;
  });
  expect(missing).toEqual([]);
});
