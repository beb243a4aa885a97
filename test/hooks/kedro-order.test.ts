/** Hooks fire as in a Kedro run: recorded in a twin project under the real `KedroSession`, and compared line by line. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HookName, Hooks } from '../../src/hooks/index.ts';
import { mainPython, QUIET } from '../kedro/pythons.ts';
import { type Files, jsonEntry, pipelineFile, withSession, writeFiles } from '../projects/tiny.ts';

const python = mainPython();

const CATALOG = ['source', 'table', 'report'].map((name) => jsonEntry(name)).join('');
// A folder where a file is to be: saving fails in both.
const BLOCKED = CATALOG.replace('data/report.json', 'data/blocked/report.json');

/** The data and configuration of both. `fails`: the name of the node that does. */
function common(catalog: string, fails: string): Files {
  return {
    'conf/base/catalog.yml': catalog,
    'conf/base/parameters.yml': `fails: "${fails}"\nsize: { by: 2 }\n`,
    'data/source.json': '4',
    'data/blocked': 'a file where a folder should be',
  };
}

const OURS = pipelineFile(
  `node(say('split', (source: number) => [source, -source]), { inputs: ['source', 'params:fails'], outputs: ['left', 'table'], name: 'split' }),
   node(say('scale', (left: number, by: number) => left * by), { inputs: ['left', 'params:size.by', 'params:fails'], outputs: 'scaled', name: 'scale' }),
   node(say('join', (table: number, scaled: number) => ({ a: table + scaled, b: 0 })), { inputs: ['table', 'scaled', 'params:fails'], outputs: { a: 'report', b: 'rest' }, name: 'join' }),
   node(say('look', () => 1), { inputs: ['parameters', 'params:fails'], outputs: 'size', name: 'look' })`,
  `const say = (name: string, work: (...values: any[]) => unknown) => (...values: unknown[]) => {
    if (values.at(-1) === name) throw new Error('told to fail');
    return work(...values);
  };`,
);

const THEIRS: Files = {
  'pyproject.toml':
    '[tool.kedro]\npackage_name = "twin"\nproject_name = "twin"\nkedro_init_version = "1.0.0"\nsource_dir = "src"\n',
  'conf/local/empty.yml': '',
  'src/twin/__init__.py': '',
  'src/twin/settings.py': 'from twin.hooks import Recorder\n\nHOOKS = (Recorder(),)\n',
  'src/twin/pipeline_registry.py': `
from kedro.pipeline import node, pipeline

def say(name, work):
    def called(*values):
        if values[-1] == name:
            raise ValueError("told to fail")
        return work(*values)
    return called

def register_pipelines():
    return {"__default__": pipeline([
        node(say("split", lambda source, _: [source, -source]), ["source", "params:fails"], ["left", "table"], name="split"),
        node(say("scale", lambda left, by, _: left * by), ["left", "params:size.by", "params:fails"], "scaled", name="scale"),
        node(say("join", lambda table, scaled, _: {"a": table + scaled, "b": 0}), ["table", "scaled", "params:fails"], {"a": "report", "b": "rest"}, name="join"),
        node(say("look", lambda *_: 1), ["parameters", "params:fails"], "size", name="look"),
    ])}
`,
  'src/twin/hooks.py': `
import os
from kedro.framework.hooks import hook_impl

def note(*said):
    with open(os.environ["TWIN_HOOKS"], "a") as file:
        file.write(" ".join(said) + "\\n")

class Recorder:
    @hook_impl
    def after_context_created(self, context): note("after_context_created")
    @hook_impl
    def after_catalog_created(self, catalog): note("after_catalog_created")
    @hook_impl
    def before_pipeline_run(self, pipeline): note("before_pipeline_run")
    @hook_impl
    def after_pipeline_run(self, pipeline): note("after_pipeline_run")
    @hook_impl
    def on_pipeline_error(self, error): note("on_pipeline_error")
    @hook_impl
    def before_node_run(self, node): note("before_node_run", node.name)
    @hook_impl
    def after_node_run(self, node): note("after_node_run", node.name)
    @hook_impl
    def on_node_error(self, node): note("on_node_error", node.name)
    @hook_impl
    def before_dataset_loaded(self, dataset_name, node): note("before_dataset_loaded", node.name, dataset_name)
    @hook_impl
    def after_dataset_loaded(self, dataset_name, node): note("after_dataset_loaded", node.name, dataset_name)
    @hook_impl
    def before_dataset_saved(self, dataset_name, node): note("before_dataset_saved", node.name, dataset_name)
    @hook_impl
    def after_dataset_saved(self, dataset_name, node): note("after_dataset_saved", node.name, dataset_name)
`,
};

const RUN = `
from pathlib import Path
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
bootstrap_project(Path.cwd())
with KedroSession.create(project_path=Path.cwd()) as session:
    try:
        session.run()
    except Exception:
        pass
`;

async function kedros(files: Files): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'twin-'));
  try {
    await writeFiles(folder, { ...THEIRS, ...files });
    const file = path.join(folder, 'hooks.txt');
    const env = { ...process.env, ...QUIET, TWIN_HOOKS: file };
    const { stderr } = spawnSync(python ?? '', ['-c', RUN], { cwd: folder, env, encoding: 'utf8' });
    const text = await readFile(file, 'utf8').catch(() => {
      throw new Error(`Kedro called no hook: ${stderr}`);
    });
    return text.trim().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NAMES: readonly HookName[] = [
  'afterContextCreated',
  'afterCatalogCreated',
  'beforePipelineRun',
  'afterPipelineRun',
  'onPipelineError',
  'beforeNodeRun',
  'afterNodeRun',
  'onNodeError',
  'beforeDatasetLoaded',
  'afterDatasetLoaded',
  'beforeDatasetSaved',
  'afterDatasetSaved',
];

async function ours(files: Files, options: { runner?: 'concurrent' } = {}): Promise<string[]> {
  const lines: string[] = [];
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const note = (name: HookName) => (args: { node?: { name: string }; dataset?: string }) => {
    lines.push([snake(name), args.node?.name, args.dataset].filter((part) => part !== undefined).join(' '));
  };
  const hooks = Object.fromEntries(NAMES.map((name) => [name, note(name)])) as Hooks;
  const work = { 'pipelines/all.ts': OURS, ...files };
  await withSession(work, (session) => session.run({}).catch(() => {}), { hooks: [hooks], ...options });
  return lines;
}

describe.skipIf(python === undefined)('the same hooks in the same order as a real Kedro run', () => {
  test.each([
    { what: 'a run that goes well', files: common(CATALOG, 'none'), last: 'after_pipeline_run' },
    { what: 'a node that fails', files: common(CATALOG, 'scale'), last: 'on_pipeline_error' },
    {
      what: 'a load that fails',
      files: { ...common(CATALOG, 'none'), 'data/source.json': '{' },
      last: 'on_pipeline_error',
    },
    { what: 'a save that fails', files: common(BLOCKED, 'none'), last: 'on_pipeline_error' },
  ])('$what', async ({ files, last }) => {
    const kedro = await kedros(files);
    expect(kedro.length).toBeGreaterThan(4);
    expect(kedro.at(-1)).toBe(last);
    expect(await ours(files)).toEqual(kedro);
  });

  test('side by side, each node’s hooks come in Kedro’s order', async () => {
    const files = common(CATALOG, 'none');
    const of = (lines: string[], node: string) => lines.filter((line) => line.split(' ')[1] === node);
    const [kedro, concurrent] = [await kedros(files), await ours(files, { runner: 'concurrent' })];
    for (const node of ['split', 'scale', 'join', 'look']) expect(of(concurrent, node)).toEqual(of(kedro, node));
    expect(concurrent).toHaveLength(kedro.length);
  });
});
