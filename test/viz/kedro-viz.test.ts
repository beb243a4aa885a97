/** Exports held against the real kedro-viz: what it saves of the same Kedro project, and what it serves of ours. */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { command, documentOf } from '../cli/command.ts';
import { pythonOf, SCIENCE } from '../kedro/pythons.ts';
import { comparable, named } from './exports.ts';
import { type Export, readExport, refusalOfKedroViz, savedByKedroViz, servedByKedroViz } from './kedro-viz.ts';
import { withTwins } from './twins.ts';

const SHARED = path.resolve(import.meta.dirname, '../../../shared/projects');
const science = pythonOf(SCIENCE) ?? '';
const LONG = 240_000;

/** What our command writes of the project in `folder`. */
async function written(folder: string, output: string): Promise<Export> {
  const { code, stderr } = await command(['viz', '-P', folder, '-o', output], { KEDRO_TEMPORAL_PYTHON: science });
  expect(code, stderr).toBe(0);
  return await readExport(output);
}

/** Asks the real kedro-viz for everything in an export. */
async function checkServed(folder: string, name: string, made: Export): Promise<void> {
  await servedByKedroViz(science, folder, name, async (url) => {
    expect((await fetch(url)).status).toBe(200);
    for (const [file, content] of Object.entries(made)) {
      const answer = await fetch(`${url}/api/${file}`);
      // kedro-viz 12.5 serves no file whose name starts with `_`, of its own exports neither: its page takes `main`.
      expect(answer.status, file).toBe(file === 'pipelines/__default__' ? 400 : 200);
      if (answer.status === 200) expect(await answer.json()).toEqual(content);
    }
  });
}

describe.skipIf(science === '')('an export of the twin projects', () => {
  it('is what kedro-viz saves of the Kedro one, and kedro-viz serves it of both', { timeout: LONG }, async () => {
    await withTwins(async (folder) => {
      const kedro = path.join(folder, 'kedro');
      const theirs = comparable(await savedByKedroViz(science, kedro, path.join(folder, 'theirs')), kedro);
      const ours = await written(kedro, path.join(folder, 'ours'));
      expect(comparable(ours, kedro)).toEqual(theirs);
      expect(theirs.main).toMatchObject({ layers: ['priced', 'raw', 'said'] });
      await checkServed(folder, 'ours', ours);

      const native = await written(path.join(folder, 'native'), path.join(folder, 'natives'));
      expect(withoutCode(named(comparable(native, folder)))).toEqual(withoutCode(named(theirs)));
      await checkServed(folder, 'natives', native);
    });
  });

  it('is made of what can be shown where kedro-viz opens nothing', { timeout: LONG }, async () => {
    const project = path.resolve(import.meta.dirname, '../projects/kedro');
    expect(await refusalOfKedroViz(science, project)).toContain("Runtime parameter 'day' not found");
    const folder = await mkdtemp(path.join(tmpdir(), 'viz-'));
    try {
      const args = ['viz', '-P', project, '-o', path.join(folder, 'ours'), '--json'];
      const made = documentOf(await command(args, { KEDRO_TEMPORAL_PYTHON: science }));
      expect(Object.keys(made.left_out as object)).toEqual(['broken', '__default__']);
      await checkServed(folder, 'ours', await readExport(path.join(folder, 'ours')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe.skipIf(science === '' || !existsSync(path.join(SHARED, 'spaceflights')))('an export of spaceflights', () => {
  it('is what kedro-viz saves, and kedro-viz serves it', { timeout: LONG }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'viz-'));
    try {
      const project = path.join(folder, 'spaceflights');
      await cp(path.join(SHARED, 'spaceflights'), project, { recursive: true });
      const theirs = await savedByKedroViz(science, project, path.join(folder, 'theirs'));
      const ours = await written(project, path.join(folder, 'ours'));
      expect(comparable(ours, project)).toEqual(comparable(theirs, project));
      await checkServed(folder, 'ours', ours);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});

/** What differs between the engines: where functions are written, and how a node is run. */
function withoutCode(made: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(made), (key, value) =>
    key === 'code' || key === 'filepath' || key === 'run_command' ? undefined : value,
  );
}
