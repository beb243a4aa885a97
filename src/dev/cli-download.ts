import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TEMPORAL_CLI_VERSION } from './cli-version.ts';
import { runCommand } from './command.ts';
import { type Environment, executableName, isExecutable } from './executables.ts';

const TIME_LIMIT_MS = 5 * 60_000;

/**
 * Starts the SDK's test environment, which downloads the CLI, and ends it. In a process of its own: the SDK's runtime
 * can be set up only once in a process, and that choice belongs to the user's Worker.
 */
const SCRIPT = `
const [testing, downloadDir, version] = process.argv.slice(1);
const { TestWorkflowEnvironment } = require(testing);
const executable = { type: 'cached-download', downloadDir, version, ttl: '3650 days' };
TestWorkflowEnvironment.createLocal({ server: { executable, log: { format: 'pretty', level: 'never' } } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

export interface DownloadOptions {
  /** Where the binary is to be; exists. */
  folder: string;
  environment: Environment;
  signal?: AbortSignal | undefined;
  /** The file of the SDK's testing package. Default: the installed `@temporalio/testing`. */
  testingPackage?: string;
}

/**
 * Lets the SDK download the Temporal CLI into `folder`, as `temporal-<version>`. The SDK downloads beside and renames.
 * Throws when the package is not installed or the download fails; a network that refuses is told at once.
 */
export async function downloadCli(options: DownloadOptions): Promise<string> {
  const testing = options.testingPackage ?? findTestingPackage();
  const path = join(options.folder, executableName(`temporal-${TEMPORAL_CLI_VERSION}`));
  try {
    await runCommand(process.execPath, ['-e', SCRIPT, testing, options.folder, TEMPORAL_CLI_VERSION], {
      cwd: options.folder,
      environment: options.environment,
      timeoutMs: TIME_LIMIT_MS,
      signal: options.signal,
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    // The trial start may fail after a download that did not.
    if (!(await isExecutable(path))) throw error;
  }
  if (!(await isExecutable(path))) throw new Error(`The SDK left no executable at ${path}.`);
  return path;
}

function findTestingPackage(): string {
  try {
    return createRequire(import.meta.url).resolve('@temporalio/testing');
  } catch (error) {
    throw new Error('the package @temporalio/testing is not installed', { cause: error });
  }
}
