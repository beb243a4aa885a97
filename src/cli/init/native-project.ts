/** A TypeScript project that runs as it is made, on made data. */
import { type FilePlan, linesIn, newFile } from './files.ts';
import { packageJson } from './package-json.ts';

const CATALOG = `# Where each dataset lives. \${runtime_params:day,…} is what a run is given, else the default after the comma.
sales:
  type: pandas.CSVDataset
  filepath: data/sales/\${runtime_params:day,2026-01-01}.csv

totals:
  type: json.JSONDataset
  filepath: data/totals/\${runtime_params:day,2026-01-01}.json
`;

const PARAMETERS = `# What nodes use; a run may give others: --params day=2026-01-02,vat=0.1
day: "2026-01-01"
vat: 0.2
`;

const TEMPORAL = `# What runs durably, and when. node_modules/kedro-temporal/docs/jobs.md has every key.
jobs:
  daily:
    pipeline: daily
    every: day
    interval_params: { day: key } # each run gets its day as the runtime param "day"
    # time_zone: Europe/Berlin # in which days begin; default UTC
    # schedule: { offset: 1h } # an hour after each day has ended; then: npx kedro-temporal schedules up
`;

const PIPELINE = `import { node, pipeline } from 'kedro-temporal';

interface Sale {
  product: string;
  pieces: number;
  price: number;
}

/** Made up, and the same whenever a day is asked for. Put a file, a database or an API in its place. */
export function makeSales(day: string): Sale[] {
  const seed = [...day].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  return ['tea', 'coffee', 'cocoa'].map((product, i) => ({ product, pieces: 1 + ((seed * (i + 3)) % 40), price: 3 + i }));
}

export function addUp(sales: Sale[], vat: number) {
  const net = sales.reduce((sum, { pieces, price }) => sum + pieces * price, 0);
  return { products: sales.length, net, gross: Math.round(net * (1 + vat) * 100) / 100 };
}

export default pipeline([
  node(makeSales, { inputs: 'params:day', outputs: 'sales', name: 'make_sales' }),
  node(addUp, { inputs: ['sales', 'params:vat'], outputs: 'totals', name: 'add_up' }),
]);
`;

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2022",
    "module": "NodeNext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "allowImportingTsExtensions": true,
    "types": ["node"]
  },
  "include": ["pipelines", "*.ts"]
}
`;

const IGNORED = ['node_modules/', '.kedro-temporal/', 'data/', 'conf/local/*', '!conf/local/.gitkeep'];

const SCRIPTS = {
  dev: 'kedro-temporal dev',
  run: 'kedro-temporal run --local',
  worker: 'kedro-temporal worker',
  types: 'tsc',
};

/** All of it. */
export async function nativeProject(folder: string, name: string): Promise<FilePlan[]> {
  const devDependencies = { '@types/node': '^20.19.0', typescript: '~5.9.0' };
  return [
    newFile(folder, 'conf/base/catalog.yml', CATALOG),
    newFile(folder, 'conf/base/parameters.yml', PARAMETERS),
    newFile(folder, 'conf/base/temporal.yml', TEMPORAL),
    newFile(folder, 'conf/local/.gitkeep', ''),
    newFile(folder, 'pipelines/daily.ts', PIPELINE),
    await packageJson(folder, { name, isModule: true, scripts: SCRIPTS, devDependencies }),
    newFile(folder, 'tsconfig.json', TSCONFIG),
    await linesIn(folder, '.gitignore', IGNORED),
    newFile(folder, 'README.md', readme(name)),
  ];
}

function readme(name: string): string {
  return `# ${name}

Nodes are in \`pipelines/\`, datasets and parameters in \`conf/base/\`; \`conf/base/temporal.yml\` says what runs each day.
\`npm install\`, then \`npx kedro-temporal run --local --params day=2026-01-02\` runs one day here.
\`npx kedro-temporal dev\` starts a Temporal server, a worker and a page; beside it
\`npx kedro-temporal backfill --job daily --from 2026-01-01 --to 2026-02-01\` runs a month of days.
`;
}
