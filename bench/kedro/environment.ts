/** What the Kedro benches need: Pythons with pinned packages, and projects in a folder of their own. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CACHE = path.join(ROOT, 'node_modules/.cache/kedro-temporal');
const SHARED = path.join(ROOT, '../shared/projects');

export const KEDRO = 'kedro 1.7.0';
const PACKAGES = [
  'kedro[server]==1.7.0',
  'fastapi==0.165.0',
  'uvicorn==0.54.0',
  'kedro-datasets==9.6.0',
  'pandas==3.1.1',
  'pyarrow==26.0.1',
  'openpyxl==3.1.5',
  'plotly==7.1.0',
  'matplotlib==3.11.2',
  'seaborn==0.13.2',
  'scikit-learn==1.9.1',
];
const VIZ_PACKAGES = ['kedro==1.7.0', 'kedro-datasets==9.6.0', 'kedro-viz==12.5.0'];
/** Beside the others, so that its hook is in no contender's way but its own. */
const BOOT_PACKAGES = ['kedro-boot==0.3.0'];
/** What its FastAPI adapter needs beside; its uvicorn is the one of `kedro server`. */
const BOOT_HTTP_PACKAGES = ['gunicorn==23.0.0', 'pyctuator==1.2.0', 'importlib-metadata==8.7.0', 'zipp==3.23.0'];

/** Variables that all contenders have alike. */
export const COMMON = {
  KEDRO_DISABLE_TELEMETRY: '1',
  DO_NOT_TRACK: '1',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  NUMEXPR_NUM_THREADS: '1',
};
/** The same, with logging at WARNING. */
export const QUIET = { ...COMMON, KEDRO_LOGGING_CONFIG: path.join(import.meta.dirname, 'quiet.yml') };

export interface Pythons {
  /** Python with Kedro, its server and spaceflights' packages. */
  readonly python: string;
  /** The `kedro` command of that Python. */
  readonly kedro: string;
  /** A folder for PYTHONPATH that adds kedro-boot. */
  readonly bootPath: string;
  /** A second one, that adds what its FastAPI adapter needs. */
  readonly bootHttpPath: string;
  /** Another Python, with kedro-viz. */
  readonly vizPython: string;
}

/** Makes, once, what is not there yet. A text says why it cannot be had. */
export function findPythons(): Pythons | string {
  if (!works('python3', ['--version'])) return 'there is no python3';
  const main = makeOnce('bench', PACKAGES, (folder) => venvWith(folder, PACKAGES));
  if (main !== undefined) return main;
  const python = path.join(CACHE, 'bench/bin/python');
  const bootPath = path.join(CACHE, 'bench-boot');
  const boot = makeOnce('bench-boot', BOOT_PACKAGES, (folder) =>
    pip(python, ['--no-deps', '--target', folder, ...BOOT_PACKAGES]),
  );
  if (boot !== undefined) return boot;
  const bootHttpPath = path.join(CACHE, 'bench-boot-http');
  const bootHttp = makeOnce('bench-boot-http', BOOT_HTTP_PACKAGES, (folder) =>
    pip(python, ['--no-deps', '--target', folder, ...BOOT_HTTP_PACKAGES]),
  );
  if (bootHttp !== undefined) return bootHttp;
  const viz = makeOnce('bench-viz', VIZ_PACKAGES, (folder) => venvWith(folder, VIZ_PACKAGES));
  if (viz !== undefined) return viz;
  return {
    python,
    kedro: path.join(CACHE, 'bench/bin/kedro'),
    bootPath,
    bootHttpPath,
    vizPython: path.join(CACHE, 'bench-viz/bin/python'),
  };
}

function makeOnce(name: string, packages: string[], make: (folder: string) => boolean): string | undefined {
  const folder = path.join(CACHE, name);
  const mark = path.join(folder, 'made-of.txt');
  const wanted = packages.join('\n');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return undefined;
  console.log(`Installing ${packages[0]} and what goes with it for the bench: a minute or two, once.`);
  mkdirSync(CACHE, { recursive: true });
  if (!make(folder)) return `python3 -m venv or pip failed for ${packages[0]}`;
  writeFileSync(mark, wanted);
  return undefined;
}

function venvWith(folder: string, packages: string[]): boolean {
  return works('python3', ['-m', 'venv', '--clear', folder]) && pip(path.join(folder, 'bin/python'), packages);
}

function pip(python: string, rest: string[]): boolean {
  return works(python, ['-m', 'pip', 'install', '--quiet', '--upgrade', ...rest]);
}

function works(command: string, args: string[]): boolean {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}

/** Copies a shared project into `folder`. A text says why there is none. */
export function copyShared(name: 'noop' | 'spaceflights', folder: string): { project: string } | string {
  const source = path.join(SHARED, name);
  if (!existsSync(source)) return `../shared/projects/${name} is not there`;
  const project = path.join(folder, name);
  cpSync(source, project, { recursive: true, filter: (file) => !/\/(?:\.viz|__pycache__)$/.test(file) });
  return { project };
}

/** The project that hands a table through. */
export function copyTables(folder: string): string {
  const project = path.join(folder, 'tables');
  cpSync(path.join(import.meta.dirname, 'table-project'), project, { recursive: true });
  mkdirSync(path.join(project, 'data'));
  return project;
}

/**
 * Two environments in which nothing is versioned: kedro-boot and a warm catalog cannot save a version twice, and all are to
 * do the same. `bench` saves the model to a file and reads it there, `memory` keeps it in memory. The table that the models
 * learn from is made here, once.
 */
export function prepareSpaceflights(project: string, kedro: string): void {
  const regressors = {
    bench: 'type: pickle.PickleDataset\n  filepath: data/06_models/bench-regressor.pickle',
    memory: 'type: MemoryDataset',
  };
  for (const [env, regressor] of Object.entries(regressors)) {
    mkdirSync(path.join(project, 'conf', env));
    writeFileSync(path.join(project, 'conf', env, 'catalog.yml'), `regressor:\n  ${regressor}\n`);
  }
  const { status, stderr } = spawnSync(kedro, ['run', '--pipelines', 'data_processing'], {
    cwd: project,
    env: { ...process.env, ...QUIET },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`spaceflights' data_processing failed: ${stderr}`);
}
