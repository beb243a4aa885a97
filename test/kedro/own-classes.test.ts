/** Projects with classes, resolvers and configuration of their own: the same runs under Kedro's own session, and under ours. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { failureOf } from '../contract/session/subject.ts';
import { judged, type Step } from './judge.ts';
import { inProject } from './projects.ts';
import { KEDRO_VERSIONS, mainPython, pythonOf } from './pythons.ts';

const newest = mainPython();

const STEPS: Step[] = [
  {},
  { stamp: 'second', request: { pipelines: ['report'], runtimeParams: { size: 5, folder: 'x', more: { a: 1 } } } },
  { stamp: 'third', request: { pipelines: ['report'] } },
  { stamp: 'third', request: { pipelines: ['aside'], runtimeParams: { folder: 'y' } } },
];

/** What CUSTOM chooses in the project's settings; each alone under the newest kedro. */
const ALONE = [
  '',
  'loader-adds',
  'loader-knows-more',
  'loader-own',
  'context-params',
  'context-catalog',
  'catalog-marks',
  'catalog-stores',
  'session',
  'session-service',
];
const TOGETHER: Record<string, string[]> = {
  '1.0.0': ['loader-adds,context-catalog', 'loader-own,context-params'],
  '1.4.0': ['loader-adds,context-catalog', 'loader-own,context-params', 'session-service'],
  '1.7.0': ALONE,
};

for (const version of KEDRO_VERSIONS) {
  const python = pythonOf(version) ?? (version === '1.7.0' ? newest : undefined);
  describe.skipIf(python === undefined)(`settings of the project's own under kedro ${version}`, () => {
    it.each(TOGETHER[version] ?? [])('"%s": outputs and files as from Kedro', async (CUSTOM) => {
      const { kedro, ours } = await judged('kedro-custom', { python: python ?? '', environment: { CUSTOM } }, STEPS);
      expect(kedro.map(({ error }) => error)).toEqual(STEPS.map(() => undefined));
      expect(ours).toEqual(kedro);
    });
  });
}

describe.skipIf(newest === undefined)('configuration of the project', () => {
  it.each([
    ['the option env', { env: 'prod' }, 'prod'],
    ['KEDRO_ENV', { environment: { KEDRO_ENV: 'prod' } }, 'prod'],
    ['the option env before KEDRO_ENV', { env: 'prod', environment: { KEDRO_ENV: 'dev' } }, 'prod'],
    ['default_run_env', {}, 'dev'],
    ['confSource', { confSource: 'other' }, 'other'],
  ])('%s counts as in Kedro', async (_, options, where) => {
    const steps = [{ request: { pipelines: ['report'], runtimeParams: { folder: 'z' } } }];
    const { kedro, ours } = await judged('kedro-custom', { python: newest ?? '', ...options }, steps);
    expect(ours).toEqual(kedro);
    expect(ours[0]?.outputs).toMatchObject({ seen: { seen: { where } } });
  });

  it('resolvers are asked anew for each run, also one registered by hand; credentials may come from a hook', async () => {
    const steps = ['a', 'b', 'b'].map((stamp) => ({ stamp, request: { pipelines: ['by_hand'] } }));
    const { kedro, ours } = await judged('kedro-custom', { python: newest ?? '' }, steps);
    expect(ours).toEqual(kedro);
    expect(ours.map(({ files }) => Object.keys(files)[0])).toEqual(['a.json', 'b.json', 'b.json']);
  });

  it('a resolver registered by hand is asked anew for each run also where there is no other', async () => {
    const steps = ['a', 'b'].map((stamp) => ({ stamp, request: { pipelines: ['by_hand'] } }));
    const { kedro, ours } = await judged('kedro-custom', { python: newest ?? '', confSource: 'by-hand' }, steps);
    expect(ours).toEqual(kedro);
    expect(ours.map(({ files }) => Object.keys(files)[0])).toEqual(['a.json', 'b.json']);
  });

  it.each(['', 'context-params'])(
    'globals that ask a resolver are resolved for each run (CUSTOM "%s")',
    async (CUSTOM) => {
      await inProject('kedro-custom', {}, async ({ folder, session }) => {
        await session.close();
        await writeFile(path.join(folder, 'conf/common/globals.yml'), 'area: ${stamp:}\n');
        const steps = ['a', 'b'].map((stamp) => ({ stamp, request: { pipelines: ['report'] } }));
        const options = { python: newest ?? '', environment: { CUSTOM } };
        const { kedro, ours } = await judged(folder, options, steps);
        expect(ours).toEqual(kedro);
        expect(ours.map(({ files }) => Object.keys(files)[0])).toEqual(['a/a/all.json', 'b/b/all.json']);
      });
    },
  );

  it('describe knows its environment, files and parameters', async () => {
    await inProject('kedro-custom', {}, async ({ session }) => {
      const { env, parameters, datasets } = await session.describe();
      expect(env).toBe('dev');
      expect(parameters).toContain('nested.when');
      expect(datasets.made).toMatchObject({ type: 'json.JSONDataset' });
    });
  });
});

describe.skipIf(newest === undefined)('a context of the project’s own', () => {
  const own = { environment: { CUSTOM: 'context-params' }, confSource: 'plain' };

  it('reports name the files and versions of the run that they report', async () => {
    await inProject('kedro-custom', own, async ({ session }) => {
      for (const name of ['a', 'b']) {
        const report = await session.run({ pipelines: ['aside'], runtimeParams: { folder: name } });
        expect(report.saved[0]).toMatchObject({ filepath: `data/${name}.json`, version: report.saveVersion });
      }
    });
  });

  it.each([
    ['context-params', '../../up'],
    ['loader-adds', '../../up'],
    ['loader-own', '../../up'],
    ['loader-own', 'file:///up'],
  ])('a param cannot choose a file outside, before anything is saved (%s, %s)', async (CUSTOM, up) => {
    const options = CUSTOM === 'context-params' ? own : { environment: { CUSTOM } };
    await inProject('kedro-custom', options, async ({ folder, session }) => {
      const request = { pipelines: ['report'] };
      await session.run({ ...request, runtimeParams: { folder: 'word' } });
      const files = async () => (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
      const before = await files();
      const error = await failureOf(session.run({ ...request, runtimeParams: { folder: up } }));
      expect(error).toMatchObject({ code: 'PARAM_NOT_ALLOWED', details: { dataset: 'made', param: 'folder' } });
      expect(await files()).toEqual(before);
      await inProject(folder, { ...options, allowUnsafeParams: ['folder'] }, async ({ session }) => {
        const allowed = { ...request, runtimeParams: { folder: `${folder}/data/../data/in` } };
        if (CUSTOM === 'loader-own') expect((await session.run(allowed)).saved).toHaveLength(1);
      });
    });
  });

  it.each(['context-params', 'loader-own'])(
    'an unknown type of a dataset that is used is named (%s)',
    async (CUSTOM) => {
      const options = { environment: { CUSTOM: `${CUSTOM},catalog-marks` }, confSource: 'plain' };
      await inProject('kedro-custom', options, async ({ folder, session }) => {
        await session.close();
        for (const file of ['plain/common/storage.yml', 'src/custom/classes.py']) {
          const text = await readFile(path.join(folder, file), 'utf8');
          await writeFile(path.join(folder, file), text.replaceAll('json.JSONDataset', 'json.NoSuchDataset'));
        }
        await inProject(folder, options, async ({ session }) => {
          const error = await failureOf(session.run({ pipelines: ['aside'] }));
          expect(error).toMatchObject({ code: 'DATASET_TYPE_UNKNOWN', details: { dataset: 'doubled' } });
        });
      });
    },
  );

  it('an artifact belongs to its filled definition', async () => {
    await inProject('kedro-custom', own, async ({ folder, session }) => {
      await mkdir(path.join(folder, 'data/made'), { recursive: true });
      for (const name of ['a', 'b']) {
        await writeFile(path.join(folder, `data/made/${name}.json`), JSON.stringify({ of: name }));
      }
      await session.preload(['made'], { runtimeParams: { folder: 'a' } });
      for (const name of ['b', 'a', 'b', 'a']) {
        const request = { pipelines: ['report'], fromNodes: ['show'], runtimeParams: { folder: name } };
        expect((await session.run(request)).outputs).toEqual({ seen: { seen: { of: name } } });
      }
      expect((await session.describe()).warm).toMatchObject([{ hits: 2 }]);
    });
  });

  it('a retry looks for what it has saved where its own params say', async () => {
    await inProject('kedro-custom', own, async ({ session }) => {
      await session.run({ pipelines: ['aside'], runtimeParams: { folder: 'a' } });
      const request = { pipelines: ['aside'], runtimeParams: { folder: 'b' } };
      const { saveVersion } = await session.run(request);
      const resume = { total: 2, done: ['double'], saved: ['doubled'] };
      const { nodes } = await session.run({ ...request, saveVersion }, { resume });
      expect(nodes.map(({ status }) => status)).toEqual(['skipped', 'done']);
    });
  });

  it('data that is given replaces what its catalog has', async () => {
    await inProject('kedro-custom', own, async ({ session }) => {
      const runtimeData = { made: 'mine' };
      const report = await session.run({ pipelines: ['report'], runtimeData });
      expect(report).toMatchObject({ outputs: { seen: { seen: 'mine' } }, saved: [] });
    });
  });
});

describe.skipIf(newest === undefined)('a catalog class that stores what no entry names', () => {
  it('has it told as saved, by event and report, with its type and file', async () => {
    await inProject('kedro-custom', { environment: { CUSTOM: 'catalog-stores' } }, async ({ session }) => {
      const events: string[] = [];
      const onEvent = (event: RunEvent) => void (event.type === 'dataset-saved' && events.push(event.dataset));
      const { saved, references } = await session.run({ pipelines: ['report'] }, { onEvent });
      expect(saved.map(({ dataset }) => dataset)).toEqual(['made', 'middle', 'seen']);
      expect(events).toEqual(['made', 'middle', 'seen']);
      const filepath = expect.stringMatching(/data\/free\/seen\.json$/);
      expect(references).toEqual({ seen: { dataset: 'seen', type: 'json.JSONDataset', filepath } });
    });
  });
});

describe.skipIf(newest === undefined)('a registry with find_pipelines and an alias', () => {
  it('runs the alias, also asked for alone, where newer kedros cannot', async () => {
    const steps = ['report', 'again'].map((name) => ({ request: { pipelines: [name] } }));
    const { kedro, ours } = await judged('kedro-custom', { python: newest ?? '' }, steps);
    expect(ours[0]).toEqual(kedro[0]);
    expect(ours[1]).toEqual(ours[0]);
    const oldest = pythonOf('1.0.0');
    if (oldest === undefined) return;
    const old = await judged('kedro-custom', { python: oldest }, steps);
    expect(old.ours).toEqual(old.kedro);
  });

  it('alias and pipeline together run each node once', async () => {
    await inProject('kedro-custom', {}, async ({ session }) => {
      const { nodes } = await session.run({ pipelines: ['again', 'report'] });
      expect(nodes.map(({ name }) => name)).toEqual(['collect', 'show', 'keep']);
    });
  });
});
