/** Pythons with kedro, for tests: virtual environments in `node_modules/.cache`, made once. */
import { makeEnvironment, programIn } from '../python-environment.ts';

export { QUIET } from '../python-environment.ts';

/** What a project may run under: the oldest kedro, one between, and the newest. */
export const KEDRO_VERSIONS = ['1.0.0', '1.4.0', '1.7.0'] as const;
const NEWEST = '1.7.0';

/** Name of the Python that has what Kedro's own starter needs, kedro-viz included. */
export const SCIENCE = 'science';

/** Every Python that the tests use. */
export const PYTHONS = [...KEDRO_VERSIONS, SCIENCE] as const;

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

/** The Python that is given by KEDRO_TEMPORAL_PYTHON, else the one with the newest kedro; undefined where there is none. */
export function mainPython(): string | undefined {
  return process.env.KEDRO_TEMPORAL_PYTHON || pythonOf(NEWEST);
}

/** A Python that {@link makePython} has made. */
export function pythonOf(name: string): string | undefined {
  return programIn(environmentOf(name));
}

/** Makes one of {@link PYTHONS}, unless it is there with all it needs; answers with the reason where it cannot. */
export function makePython(name: string, say: (text: string) => void): string | undefined {
  const environment = environmentOf(name);
  const words = `Making a Python environment, ${environment}: about a minute, once.`;
  return makeEnvironment(environment, packagesOf(name), words, say);
}

function packagesOf(name: string): string[] {
  if (name === SCIENCE) return [`kedro==${NEWEST}`, ...STARTER];
  return [`kedro==${name}`, ...FIXTURES, ...(name === NEWEST ? SERVER : [])];
}

function environmentOf(name: string): string {
  return `kedro-${name}`;
}
