/**
 * Bundles the page, whole: it needs no other host when it is shown. Goes into `dist/src/server/page`, or the folder that is
 * given.
 */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
const OUT = path.resolve(process.argv[2] ?? path.join(HERE, '../../dist/src/server/page'));

await mkdir(OUT, { recursive: true });
await build({
  entryPoints: [path.join(HERE, 'page.tsx')],
  outdir: OUT,
  bundle: true,
  minify: true,
  sourcemap: false,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'linked',
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) await copyFile(path.join(HERE, file), path.join(OUT, file));
