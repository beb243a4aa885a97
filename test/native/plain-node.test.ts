/** The package as users have it: compiled, in a process that knows no TypeScript, with pipelines that are TypeScript. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { withProject, writeFiles } from '../projects/tiny.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Compiles `src` without checking it, into a package beside its dependencies. */
async function compilePackage(folder: string): Promise<void> {
  const files = await readdir(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((each) => each.endsWith('.ts'))) {
    const source = await readFile(path.join(ROOT, 'src', file), 'utf8');
    const options = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    };
    const target = path.join(folder, 'dist/src', file.replace(/\.ts$/, '.js'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, ts.transpileModule(source, { compilerOptions: options }).outputText);
  }
  await writeFile(path.join(folder, 'package.json'), await readFile(path.join(ROOT, 'package.json')));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
}

const PROJECT = {
  'shared.ts': `
    import { node } from 'kedro-temporal';
    const calls: number[] = [];
    export const add: ReturnType<typeof node> = node((a: number) => calls.push(a), { inputs: 'params:a', outputs: 'calls', name: 'add' });`,
  'pipelines/one.ts': `
    import { pipeline } from 'kedro-temporal';
    import { add } from '../shared.ts';
    export default pipeline([add], { tags: 'one' });`,
  'pipelines/two.ts': `
    import { pipeline } from 'kedro-temporal';
    import { add } from '../shared.ts';
    export default pipeline([add], { tags: 'two' });`,
  'settings.ts': `
    import { defineSettings } from 'kedro-temporal';
    export default defineSettings({ allowUnsafeParams: [] satisfies string[] });`,
};

const PROGRAM = `
  import { openNativeSession } from './package/dist/src/index.js';
  const session = await openNativeSession({ project: process.argv[2] });
  const request = { runtimeParams: { a: 1 } };
  const calls = [];
  for (const pipeline of ['one', 'two']) calls.push((await session.run({ ...request, pipelines: [pipeline] })).outputs.calls);
  const { tags } = (await session.describe()).pipelines.__default__.nodes[0];
  await session.close();
  console.log(JSON.stringify({ calls, tags }));`;

test.each([
  ['a project of ES modules', { 'package.json': '{ "type": "module" }' }],
  ['a project whose package.json says nothing, as npm init leaves it', { 'package.json': '{}' }],
])('%s runs, and what its pipelines share is one module', async (_, more) => {
  await withProject({ ...PROJECT, ...more }, async (folder) => {
    const home = path.join(folder, 'node_modules/kedro-temporal-compiled');
    await mkdir(home);
    await compilePackage(path.join(home, 'package'));
    await writeFiles(home, { 'program.mjs': PROGRAM });
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [path.join(home, 'program.mjs'), folder]);
    expect(JSON.parse(stdout)).toEqual({ calls: [1, 2], tags: ['one', 'two'] });
  });
});
