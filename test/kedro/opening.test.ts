import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { findPython } from '../../src/kedro/python.ts';
import { failureOf } from '../contract/session/subject.ts';
import { inProject } from './projects.ts';
import { mainPython, QUIET } from './pythons.ts';

const PROJECT = path.resolve(import.meta.dirname, '../projects/kedro-hooks');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pythons-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fakePython(...parts: string[]): Promise<string> {
  const file = path.join(folder, ...parts, 'bin', 'python');
  await mkdir(path.dirname(file), { recursive: true });
  await symlink(process.execPath, file).catch(() => {});
  return file;
}

/** A package `kedro` that comes before the real one. */
async function fakeKedro(name: string, source: string): Promise<string> {
  const place = path.join(folder, name);
  await mkdir(path.join(place, 'kedro'), { recursive: true });
  await writeFile(path.join(place, 'kedro/__init__.py'), source);
  return place;
}

describe('finding Python', () => {
  it('takes the option, the variable, the .venv, VIRTUAL_ENV, PATH, in this order', async () => {
    const project = path.join(folder, 'project');
    const own = await fakePython('project', '.venv');
    const active = await fakePython('active');
    const named = await fakePython('named');
    const environment = {
      KEDRO_TEMPORAL_PYTHON: named,
      VIRTUAL_ENV: path.join(folder, 'active'),
      PATH: process.env.PATH,
    };
    expect(findPython(project, '/bin/sh', environment).command).toBe('/bin/sh');
    expect(findPython(project, undefined, environment).command).toBe(named);
    const { KEDRO_TEMPORAL_PYTHON: _, ...unnamed } = environment;
    expect(findPython(project, undefined, unnamed)).toMatchObject({
      command: own,
      because: expect.stringContaining('.venv'),
    });
    expect(findPython(folder, undefined, unnamed).command).toBe(active);
    expect(findPython(folder, undefined, { PATH: process.env.PATH }).command).toMatch(/python3?$/);
  });

  it('a Python that is named and is not there is an error, never passed over', async () => {
    const python = path.join(folder, 'nowhere/python');
    expect(await failureOf(openKedroSession({ project: PROJECT, python }))).toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: expect.stringContaining(python),
    });
    expect(() => findPython(folder, undefined, { PATH: folder })).toThrow(/no python3 on PATH/);
  });
});

describe.skipIf(mainPython() === undefined)('opening', () => {
  const open = (environment: Record<string, string>, project = PROJECT) =>
    openKedroSession({
      project,
      python: mainPython() ?? '',
      environment: { ...QUIET, ...environment },
      onLog: () => {},
    });

  it('a Python without kedro is named', async () => {
    const PYTHONPATH = await fakeKedro('none', 'raise ImportError("there is none")');
    expect(await failureOf(open({ PYTHONPATH }))).toMatchObject({
      code: 'KEDRO_NOT_INSTALLED',
      message: expect.stringContaining('python'),
    });
  });

  it('a kedro before 1.0 is named', async () => {
    const PYTHONPATH = await fakeKedro('old', '__version__ = "0.19.15"');
    expect(await failureOf(open({ PYTHONPATH }))).toMatchObject({
      code: 'KEDRO_TOO_OLD',
      message: expect.stringContaining('0.19.15'),
    });
  });

  it('a folder that is no Kedro project is named, with and without a pyproject.toml', async () => {
    expect((await failureOf(open({}, folder))).code).toBe('PROJECT_NOT_FOUND');
    const other = path.join(folder, 'other');
    await mkdir(other);
    await writeFile(path.join(other, 'pyproject.toml'), '[project]\nname = "other"\n');
    expect(await failureOf(open({}, other))).toMatchObject({
      code: 'PROJECT_NOT_FOUND',
      message: expect.stringContaining(other),
    });
  });

  it('an environment without a folder, and a runner that is none, are refused', async () => {
    const environment = { ...QUIET };
    const options = { project: PROJECT, python: mainPython() ?? '', environment, onLog: () => {} };
    expect((await failureOf(openKedroSession({ ...options, env: 'moon' }))).code).toBe('CONFIG_ENV_NOT_FOUND');
    const error = await failureOf(openKedroSession({ ...options, runner: 'NoRunner' }));
    expect(error).toMatchObject({ code: 'PROJECT_SETTINGS_INVALID', message: expect.stringContaining('NoRunner') });
  });

  it('a project that is not open in time is given up', async () => {
    const PYTHONPATH = await fakeKedro('slow', 'import time\ntime.sleep(600)');
    const slow = openKedroSession({
      project: PROJECT,
      python: mainPython() ?? '',
      environment: { ...QUIET, PYTHONPATH },
      openTimeoutMs: 300,
    });
    expect((await failureOf(slow)).code).toBe('HOST_FAILED');
  });

  it('KEDRO_ENV is respected', async () => {
    await inProject('kedro-hooks', { environment: { KEDRO_ENV: 'base' } }, async ({ session }) => {
      expect((await session.describe()).env).toBe('base');
    });
  });
});
