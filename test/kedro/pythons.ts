/** Pythons with kedro, for tests: virtual environments in `node_modules/.cache`, made once. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a project may run under: the oldest kedro, one between, and the newest. */
export const KEDRO_VERSIONS = ['1.0.0', '1.4.0', '1.7.0'] as const;
const NEWEST = '1.7.0';

/** Name of the Python that has what Kedro's own starter needs, kedro-viz included. */
export const SCIENCE = 'science';

/** Every Python that the tests use. */
export const PYTHONS = [...KEDRO_VERSIONS, SCIENCE] as const;

const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/kedro-temporal');
const FIXTURES = ['kedro-datasets[json-jsondataset,text-textdataset,pandas-csvdataset]', 'pandas', 'pyarrow'];
/** What `kedro server` needs, for the comparison with ours. */
const SERVER = ['fastapi', 'uvicorn'];
const STARTER = [
  'kedro-datasets[pandas-csvdataset,pandas-exceldataset,pandas-parquetdataset]',
  'kedro-datasets[plotly-plotlydataset,plotly-jsondataset,matplotlib-matplotlibdataset]',
  'kedro-viz',
  'polars',
  'scikit-learn~=1.5.1',
  'seaborn~=0.12.1',
];

/** No word leaves the machine, and no plugin of the user's own takes part. */
export const QUIET = { KEDRO_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' };

/** The Python that is given by KEDRO_TEMPORAL_PYTHON, else the one with the newest kedro; undefined where there is none. */
export function mainPython(): string | undefined {
  return process.env.KEDRO_TEMPORAL_PYTHON || pythonOf(NEWEST);
}

/** A Python that {@link makePython} has made. */
export function pythonOf(name: string): string | undefined {
  const folder = folderOf(name);
  return existsSync(path.join(folder, 'ready')) ? path.join(folder, 'bin/python') : undefined;
}

/** Makes one of {@link PYTHONS}, unless it is there with all it needs; answers with the reason where it cannot. */
export function makePython(name: string, say: (text: string) => void): string | undefined {
  const packages = packagesOf(name);
  const made = pythonOf(name) === undefined ? undefined : readFileSync(path.join(folderOf(name), 'ready'), 'utf8');
  if (made === packages.join('\n')) return undefined;
  if (!works('python3', ['--version'])) return 'there is no python3';
  say(`Making a Python environment, ${path.basename(folderOf(name))}: about a minute, once.`);
  const folder = folderOf(name);
  const isNew = made === undefined;
  if (isNew && !works('python3', ['-m', 'venv', '--clear', folder]))
    return 'python3 -m venv does not work (python3-venv)';
  if (!works(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages])) {
    return `pip cannot install ${packages.join(' ')}`;
  }
  writeFileSync(path.join(folder, 'ready'), packages.join('\n'));
  return undefined;
}

function packagesOf(name: string): string[] {
  if (name === SCIENCE) return [`kedro==${NEWEST}`, ...STARTER];
  return [`kedro==${name}`, ...FIXTURES, ...(name === NEWEST ? SERVER : [])];
}

function folderOf(name: string): string {
  return path.join(CACHE, `kedro-${name}`);
}

function works(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, ...QUIET, PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  return spawnSync(command, args, { stdio: 'ignore', env }).status === 0;
}
