import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORAL_CLI_VERSION } from './cli-version.ts';
import { runCommand } from './command.ts';
import { type Environment, executableName, findExecutable, pathFolders } from './executables.ts';

const TIME_LIMIT_MS = 20 * 60_000;

/** The `go` command: on the PATH, or in GOROOT. */
export function findGo(environment: Environment): Promise<string | undefined> {
  const goRoot = environment.GOROOT;
  return findExecutable('go', [...pathFolders(environment), ...(goRoot ? [join(goRoot, 'bin')] : [])]);
}

/**
 * Compiles the Temporal CLI with `go install` into `folder`, as `temporal-<version>`: about three minutes on two cores.
 * It is made in a folder beside and renamed when whole. Throws an `Error` with Go's last lines when that fails.
 */
export async function buildCli(
  go: string,
  options: { folder: string; environment: Environment; signal?: AbortSignal | undefined },
): Promise<string> {
  const workshop = await mkdtemp(join(options.folder, 'go-install-'));
  try {
    await runCommand(go, ['install', `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`], {
      cwd: workshop,
      // GOOS and GOARCH of a user who compiles for another machine would put the binary elsewhere.
      environment: { ...options.environment, GOBIN: workshop, GOOS: '', GOARCH: '' },
      timeoutMs: TIME_LIMIT_MS,
      signal: options.signal,
    });
    const path = join(options.folder, executableName(`temporal-${TEMPORAL_CLI_VERSION}`));
    await rename(join(workshop, executableName('temporal')), path);
    return path;
  } finally {
    // What Go started may still write for a moment after an abort.
    await rm(workshop, { recursive: true, force: true, maxRetries: 5 });
  }
}
