/**
 * The twin projects, mended so that kedro-viz opens the Kedro one: without what is wrong with them on purpose, and with
 * what a picture has beside nodes: layers, namespaces in namespaces, a transcoded dataset, a namespace that feeds itself.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** kedro-viz opens no project with one of these in its catalog. */
const UNOPENED = ['day_in', 'day_out', 'slot_file', 'odd', 'locked'];
const LAYERS = { orders: 'raw', priced: 'priced', receipt: 'said' };

const CATALOG = `
whole@json:
  type: json.JSONDataset
  filepath: data/out/whole.json

whole@text:
  type: text.TextDataset
  filepath: data/out/whole.json
  metadata:
    kedro-viz:
      layer: priced
`;

const KEDRO = `
from kedro.pipeline import node, pipeline


def same(value):
    return value


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(same, "orders", "whole@json", name="make", namespace="deep.inner", tags=["inner"]),
            node(same, "whole@text", "seen_whole", name="use", namespace="deep"),
            node(same, "params:greeting", "greeted", name="greet", namespace="deep"),
            node(same, "greeted", "away", name="leave"),
            node(same, "away", "home", name="come_back", namespace="deep", tags=["late"]),
            node(same, "home", "closed", name="close"),
        ]
    )
`;

const NATIVE = `
import { node, pipeline } from 'kedro-temporal';

function same(value) {
  return value;
}

export default pipeline([
  node(same, { inputs: 'orders', outputs: 'whole@json', name: 'make', namespace: 'deep.inner', tags: ['inner'] }),
  node(same, { inputs: 'whole@text', outputs: 'seen_whole', name: 'use', namespace: 'deep' }),
  node(same, { inputs: 'params:greeting', outputs: 'greeted', name: 'greet', namespace: 'deep' }),
  node(same, { inputs: 'greeted', outputs: 'away', name: 'leave' }),
  node(same, { inputs: 'away', outputs: 'home', name: 'come_back', namespace: 'deep', tags: ['late'] }),
  node(same, { inputs: 'home', outputs: 'closed', name: 'close' }),
]);
`;

/** A folder with `native` and `kedro` in it, gone afterwards. */
export async function withTwins<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'viz-'));
  try {
    for (const name of ['native', 'kedro']) await mend(name, path.join(folder, name));
    await writeFile(path.join(folder, 'native/pipelines/layered.js'), NATIVE);
    await mkdir(path.join(folder, 'native/node_modules'));
    await symlink(ROOT, path.join(folder, 'native/node_modules/kedro-temporal'), 'dir');
    await mkdir(path.join(folder, 'kedro/src/shop_twin/pipelines/layered'));
    await writeFile(path.join(folder, 'kedro/src/shop_twin/pipelines/layered/__init__.py'), KEDRO);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function mend(name: string, folder: string): Promise<void> {
  await cp(path.join(ROOT, 'test/projects', name), folder, {
    recursive: true,
    filter: (file) => !/__pycache__|pipelines\/(broken|inherited)(\.ts|$)/.test(file),
  });
  // A file of the fixture imports the package by its name, and as a module.
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  const catalog = path.join(folder, 'conf/base/catalog.yml');
  const entries = (await readFile(catalog, 'utf8')).split(/^(?=\S)/m);
  const kept = entries.filter((entry) => !UNOPENED.includes(nameOf(entry)));
  await writeFile(catalog, [...kept.map(withLayer), CATALOG].join(''));
}

function withLayer(entry: string): string {
  const layer = LAYERS[nameOf(entry) as keyof typeof LAYERS];
  if (layer === undefined) return entry;
  return `${entry.trimEnd()}\n  metadata:\n    kedro-viz:\n      layer: ${layer}\n\n`;
}

function nameOf(entry: string): string {
  return entry.split(':', 1)[0] ?? '';
}
