/**
 * Who may import whom. Every import of every source file is held against this table; a room is entered through its
 * `index.ts` only, and nothing turns back.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

interface Room {
  /** Rooms whose values it may import. */
  values: string[];
  /** Rooms of which it may import types only. */
  types?: string[];
  /** Packages it may import at the top of a file. */
  packages: string[];
  /** Packages that only `import()` may load, when they are first needed. */
  lazy?: string[];
}

const TABLE: Record<string, Room> = {
  'src/core': { values: [], packages: ['fastest-levenshtein'] },
  'src/planner': { values: ['src/core'], packages: [] },
  'src/calendar': { values: ['src/core', 'src/planner'], packages: ['croner', 'temporal-polyfill'] },
  'src/config': { values: ['src/core'], packages: ['node:', 'yaml'] },
  'src/pipeline': { values: ['src/core'], packages: [] },
  'src/catalog': {
    values: ['src/core'],
    packages: ['node:', 'yaml'],
    lazy: [
      '@aws-sdk/client-s3',
      '@aws-sdk/lib-storage',
      '@duckdb/node-api',
      'pg',
      'pg-copy-streams',
      'read-excel-file',
      'write-excel-file',
    ],
  },
  'src/testing': { values: ['src/core', 'src/catalog'], packages: ['node:'] },
  'src/hooks': { values: ['src/core'], types: ['src/pipeline', 'src/catalog'], packages: [] },
  'src/runner': { values: ['src/core', 'src/pipeline', 'src/catalog', 'src/hooks'], packages: ['node:'] },
  'src/native': {
    values: ['src/core', 'src/config', 'src/pipeline', 'src/catalog', 'src/hooks', 'src/runner'],
    packages: ['node:', '@standard-schema/spec'],
    lazy: ['piscina', 'tsx'],
  },
  'src/kedro': { values: ['src/core'], packages: ['node:'], lazy: ['apache-arrow'] },
  'src/index.ts': {
    values: [
      'src/core',
      'src/pipeline',
      'src/catalog',
      'src/hooks',
      'src/runner',
      'src/native',
      'src/kedro',
      'src/backfill',
    ],
    packages: [],
  },
  activities: {
    values: ['src/core', 'src/planner', 'src/calendar'],
    packages: ['node:', '@temporalio/activity', '@temporalio/client', '@temporalio/common'],
  },
  workflows: {
    values: ['src/core', 'src/planner'],
    types: ['activities', 'src/calendar'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  'src/plugin': { values: ['src/core', 'activities'], packages: ['node:', '@temporalio/plugin', '@temporalio/worker'] },
  'src/jobs': {
    values: ['src/core', 'src/config', 'src/planner', 'src/calendar'],
    types: ['workflows'],
    packages: ['zod', '@temporalio/common'],
  },
  'src/backfill': {
    values: ['src/core', 'src/planner', 'src/calendar'],
    types: ['workflows'],
    packages: ['node:', 'ms'],
  },
  'src/client': {
    values: ['src/core', 'src/planner', 'src/calendar', 'src/backfill'],
    types: ['workflows', 'src/jobs'],
    packages: ['@temporalio/client', '@temporalio/common'],
  },
  'src/viz': { values: ['src/core', 'src/catalog'], packages: ['node:'] },
  'src/server': {
    values: ['src/core', 'src/config', 'src/planner', 'src/calendar', 'src/client'],
    types: ['workflows', 'src/jobs'],
    packages: [
      'node:',
      'fastify',
      '@fastify/static',
      '@fastify/swagger',
      '@fastify/swagger-ui',
      'p-queue',
      'zod',
      '@temporalio/client',
      '@temporalio/common',
    ],
  },
  'src/page': { values: ['src/planner'], types: ['src/server'], packages: ['preact', '@dagrejs/dagre', 'd3-scale'] },
  'src/dev': { values: ['src/core'], packages: ['node:'], lazy: ['@temporalio/client', '@temporalio/testing'] },
  'src/cli': {
    values: [
      'src/core',
      'src/config',
      'src/planner',
      'src/calendar',
      'src/catalog',
      'src/jobs',
      'src/native',
      'src/kedro',
      'src/backfill',
      'src/client',
      'src/plugin',
      'src/dev',
      'src/server',
      'src/viz',
    ],
    types: ['workflows'],
    packages: ['node:', 'commander', 'cli-table3', 'log-update', 'yaml', '@temporalio/worker'],
    lazy: ['@temporalio/client', '@temporalio/envconfig', '@bomb.sh/tab', '@clack/prompts', 'chokidar'],
  },
};

const SHOWCASES = ['examples', 'bench'];

interface Import {
  file: string;
  to: string;
  kind: 'value' | 'type' | 'lazy';
}

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
    .map((file) => path.join(folder, file));
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (to: ts.Node | undefined, kind: Import['kind']) => {
    if (to !== undefined && ts.isStringLiteral(to)) found.push({ file, to: to.text, kind });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause) ? 'type' : 'value');
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node) ? 'type' : 'value');
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], 'lazy');
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'type');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | ts.ExportDeclaration | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = ts.isImportClause(clause) ? clause.namedBindings : clause.exportClause;
  if (bindings === undefined || ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings)) return false;
  const hasDefault = ts.isImportClause(clause) && clause.name !== undefined;
  return !hasDefault && bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function roomOf(file: string): string {
  const rooms = Object.keys(TABLE);
  const room = rooms.find((each) => file === each || file.startsWith(`${each}/`));
  if (room === undefined) throw new Error(`${file} is in no room of the table`);
  return room;
}

function breachOf({ file, to, kind }: Import): string | undefined {
  const room = roomOf(file);
  const rules = TABLE[room] as Room;
  if (!to.startsWith('.')) return packageBreach(rules, to, kind);
  const target = path.join(path.dirname(file), to);
  const targetRoom = roomOf(target);
  if (targetRoom === room) return undefined;
  if (path.basename(target) !== 'index.ts' || path.dirname(target) !== targetRoom)
    return 'enters a room beside its index.ts';
  if (rules.values.includes(targetRoom)) return undefined;
  if (kind === 'type' && rules.types?.includes(targetRoom)) return undefined;
  return `may not import ${kind === 'type' ? 'types' : 'values'} of ${targetRoom}`;
}

function packageBreach(rules: Room, to: string, kind: Import['kind']): string | undefined {
  const fits = (allowed: string) => to === allowed || to.startsWith(allowed.endsWith(':') ? allowed : `${allowed}/`);
  if (rules.packages.some(fits)) return undefined;
  if (kind !== 'value' && rules.lazy?.some(fits)) return undefined;
  return `may not import the package ${to}${kind === 'value' && rules.lazy?.some(fits) ? ' at the top of a file' : ''}`;
}

describe('the table of rooms', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('activities'), ...sourceFiles('workflows')];

  test('every file is in a room', () => {
    expect(files.length).toBeGreaterThan(60);
    for (const file of files) expect(() => roomOf(file), file).not.toThrow();
  });

  test('every import keeps to it', () => {
    const breaches = files.flatMap(importsOf).flatMap((each) => {
      const breach = breachOf(each);
      return breach === undefined ? [] : [`${each.file} (${each.to}) ${breach}`];
    });
    expect(breaches).toEqual([]);
  });

  test('a breach would be seen', () => {
    const breach = (file: string, to: string, kind: Import['kind'] = 'value') => breachOf({ file, to, kind });
    expect(breach('src/runner/x.ts', '../native/index.ts')).toMatch(/may not import values of src\/native/);
    expect(breach('src/hooks/x.ts', '../pipeline/index.ts', 'type')).toBeUndefined();
    expect(breach('src/hooks/x.ts', '../pipeline/index.ts')).toMatch(/may not import/);
    expect(breach('src/native/x.ts', '../catalog/registry.ts')).toMatch(/beside its index/);
    expect(breach('src/catalog/datasets/x.ts', '@duckdb/node-api')).toMatch(/at the top/);
    expect(breach('src/catalog/datasets/x.ts', '@duckdb/node-api', 'lazy')).toBeUndefined();
    expect(breach('workflows/x.ts', 'node:fs')).toMatch(/may not import the package/);
  });

  test('examples and benches know the package by its name only', () => {
    for (const { file, to } of SHOWCASES.flatMap(sourceFiles).flatMap(importsOf)) {
      if (!to.startsWith('.')) continue;
      const top = file.split(path.sep).slice(0, 2).join('/');
      const target = path.join(path.dirname(file), to);
      expect(target.startsWith(file.startsWith('bench') ? 'bench' : top), `${file} imports ${to}`).toBe(true);
    }
  });
});

describe('the size of things', () => {
  test('no file is past 300 lines', () => {
    const files = [...sourceFiles('src'), ...sourceFiles('activities'), ...sourceFiles('workflows')];
    const long = files.filter((file) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length > 300);
    expect(long).toEqual([]);
  });
});
