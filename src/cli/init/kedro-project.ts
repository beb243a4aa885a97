/** What a Kedro project gets: a job, a worker file, scripts. Its own files are left as they are. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type FilePlan, linesIn, newFile, textOf } from './files.ts';
import { packageJson } from './package-json.ts';

const SCRIPTS = { dev: 'kedro-temporal dev', worker: 'node worker.mjs' };

/** All of it. */
export async function kedroProject(folder: string, name: string): Promise<FilePlan[]> {
  const pipelines = await kedroPipelines(folder);
  return [
    newFile(folder, 'conf/base/temporal.yml', temporalYml(pipelines)),
    newFile(folder, 'worker.mjs', workerFile(path.basename(folder))),
    await packageJson(folder, { name, isModule: false, scripts: SCRIPTS }),
    await linesIn(folder, '.gitignore', ['node_modules/', '.kedro-temporal/']),
  ];
}

/** Names of the folders of its pipelines, which \`find_pipelines()\` registers; no Python is needed to read them. */
export async function kedroPipelines(folder: string): Promise<string[]> {
  const pyproject = (await textOf(folder, 'pyproject.toml')) ?? '';
  const said = (key: string) =>
    new RegExp(`^\\s*${key}\\s*=\\s*["']([^"']+)["']`, 'm').exec(kedroTable(pyproject))?.[1];
  const source = path.join(folder, said('source_dir') ?? 'src', said('package_name') ?? '', 'pipelines');
  const found = await readdir(source, { withFileTypes: true }).catch(() => []);
  return found
    .filter((item) => item.isDirectory() && /^[a-z]\w*$/i.test(item.name))
    .map(({ name }) => name)
    .sort();
}

function kedroTable(pyproject: string): string {
  const [, table = ''] = pyproject.split(/^\s*\[tool\.kedro\]\s*$/m);
  return table.split(/^\s*\[/m)[0] ?? '';
}

function temporalYml(pipelines: readonly string[]): string {
  const others = pipelines.length === 0 ? '' : ` # all of them; or one: ${pipelines.join(', ')}`;
  return `# What runs durably, and when. node_modules/kedro-temporal/docs/jobs.md has every key.
jobs:
  daily:
    pipeline: __default__${others}
    every: day
    # interval_params: { day: key } # fills \${runtime_params:day} in the catalog and in parameters with 2026-01-31
    # time_zone: Europe/Berlin # in which days begin; default UTC
    # schedule: { offset: 1h } # an hour after each day has ended; then: npx kedro-temporal schedules up

# worker:
#   hosts: 2 # Python processes, each with one run at a time
#   preload: [] # datasets to keep in memory between runs
`;
}

function workerFile(folder: string): string {
  return `// A worker of your own: "npx kedro-temporal worker" with room for workflows and activities beside the pipelines.
// The server is that of TEMPORAL_ADDRESS, or of a profile of Temporal's configuration file; else localhost:7233.
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { openKedroSession } from 'kedro-temporal';
import { KedroPlugin } from 'kedro-temporal/plugin';

// An empty variable is one that is not set.
const overrideEnvVars = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars });
const connection = await NativeConnection.connect(connectionOptions);
try {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: ${JSON.stringify(`kedro-${folder}`)},
    maxConcurrentActivityTaskExecutions: 1, // as many as the session has hosts
    plugins: [new KedroPlugin({ session: () => openKedroSession({ project: import.meta.dirname, hosts: 1 }) })],
  });
  await worker.run();
} finally {
  await connection.close();
}
`;
}
