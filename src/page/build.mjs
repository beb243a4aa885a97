/** Bundles the page into `dist/src/server/page`, whole: it needs no other host when it is shown. */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
const OUT = path.resolve(HERE, '../../dist/src/server/page');

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
await copyFile(path.join(HERE, 'index.html'), path.join(OUT, 'index.html'));
