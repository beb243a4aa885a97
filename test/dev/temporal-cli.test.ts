import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isPipelineError, type PipelineError } from '../../src/core/index.ts';
import { downloadCli } from '../../src/dev/cli-download.ts';
import { CLI_SOURCES, findTemporalCli, TEMPORAL_CLI_VERSION } from '../../src/dev/index.ts';
import { type Machine, withMachine } from './machine.ts';

const CACHED = `cache/kedro-temporal/temporal-${TEMPORAL_CLI_VERSION}`;
// Without the SDK's download: it would reach for the network.
const OFFLINE = CLI_SOURCES.filter((source) => source !== 'download');

// Keeps a count of its calls, and compiles what it was asked for into GOBIN, slowly enough to overlap with another.
const FAKE_GO = `
echo "$@" >> "$HOME/go-calls"
/bin/sleep 0.3
printf '#!/bin/sh\\nexit 0\\n' > "$GOBIN/temporal"
/bin/chmod 755 "$GOBIN/temporal"`;

async function failure(work: Promise<unknown>): Promise<PipelineError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isPipelineError(error)) throw new Error(`expected a PipelineError, got ${String(error)}`);
  return error;
}

async function goCalls({ environment }: Machine): Promise<string[]> {
  const text = await readFile(join(environment.HOME ?? '', 'go-calls'), 'utf8');
  return text.trim().split('\n');
}

test('each source is used only when the ones before it have nothing', () =>
  withMachine(async ({ root, environment, program }) => {
    const find = async () => {
      const { path, from } = await findTemporalCli({ environment: withGo, sources: OFFLINE });
      return [from, path.slice(root.length + 1)];
    };
    const withGo: Record<string, string> = { ...environment, GOBIN: join(root, 'gobin'), GOPATH: join(root, 'gopath') };

    await program('home/.keep');
    await program('bin-2/go', FAKE_GO);
    expect(await find()).toEqual(['go-install', CACHED]);
    expect(await find()).toEqual(['cache', CACHED]);
    await program('home/go/bin/temporal');
    expect(await find()).toEqual(['go-bin', 'home/go/bin/temporal']);
    await program('gopath/bin/temporal');
    expect(await find()).toEqual(['go-bin', 'gopath/bin/temporal']);
    await program('gobin/temporal');
    expect(await find()).toEqual(['go-bin', 'gobin/temporal']);
    await program('bin-2/temporal');
    expect(await find()).toEqual(['path', 'bin-2/temporal']);
    await program('bin-1/temporal');
    expect(await find()).toEqual(['path', 'bin-1/temporal']);
    withGo.KEDRO_TEMPORAL_CLI = await program('mine/my-temporal');
    expect(await find()).toEqual(['env', 'mine/my-temporal']);
  }));

test('a file on the PATH that cannot be run is passed over', () =>
  withMachine(async ({ environment, program }) => {
    await chmod(await program('bin-1/temporal'), 0o644);
    const second = await program('bin-2/temporal');
    expect(await findTemporalCli({ environment, sources: OFFLINE })).toEqual({ path: second, from: 'path' });
  }));

test('a wrong KEDRO_TEMPORAL_CLI is an error although there is a CLI on the PATH', () =>
  withMachine(async ({ root, environment, program }) => {
    await program('bin-1/temporal');
    const path = join(root, 'nowhere');
    const error = await failure(findTemporalCli({ environment: { ...environment, KEDRO_TEMPORAL_CLI: path } }));
    expect(error.code).toBe('TEMPORAL_CLI_NOT_FOUND');
    expect(error.message).toContain(`KEDRO_TEMPORAL_CLI names "${path}"`);
  }));

test('when there is nothing, one error lists what was tried and what would help', () =>
  withMachine(async ({ root, environment }) => {
    const error = await failure(findTemporalCli({ environment, sources: OFFLINE }));
    expect(error).toMatchObject({ code: 'TEMPORAL_CLI_NOT_FOUND', retryable: false });
    expect(error.details.tried).toEqual([
      'KEDRO_TEMPORAL_CLI: not set',
      `the PATH: no "temporal" in ${join(root, 'bin-1')}, ${join(root, 'bin-2')}`,
      `Go’s bin folders: no "temporal" in ${join(root, 'home/go/bin')}`,
      `the cache: no ${join(root, CACHED)}`,
      'go install: no "go" on the PATH or in GOROOT',
    ]);
    for (const line of error.details.tried as string[]) expect(error.message).toContain(line);
    expect(error.message).toMatch(/Install it .*KEDRO_TEMPORAL_CLI.*install Go.*TEMPORAL_ADDRESS/);
  }));

test('the compilation asks for the fixed release and says beforehand that it takes minutes', () =>
  withMachine(async (machine) => {
    await machine.program('home/.keep');
    await machine.program('bin-1/go', FAKE_GO);
    const said: string[] = [];
    await findTemporalCli({
      environment: machine.environment,
      sources: OFFLINE,
      onMessage: (text) => said.push(text),
    });
    expect(await goCalls(machine)).toEqual([`install github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`]);
    expect(said.join('\n')).toMatch(/about three minutes, once/);
  }));

test('of several that need it at once one compiles and the others wait for its result', () =>
  withMachine(async (machine) => {
    await machine.program('home/.keep');
    await machine.program('bin-1/go', FAKE_GO);
    const find = () => findTemporalCli({ environment: machine.environment, sources: OFFLINE });
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set([join(machine.root, CACHED)]));
    expect(await goCalls(machine)).toHaveLength(1);
    expect(await readdir(dirname(join(machine.root, CACHED)))).toEqual([`temporal-${TEMPORAL_CLI_VERSION}`]);
  }));

test('a compilation that fails is quoted and leaves nothing in the cache', () =>
  withMachine(async ({ root, environment, program }) => {
    await program('bin-1/go', 'echo half > "$GOBIN/temporal"; echo "no space left on device" >&2; exit 3');
    const error = await failure(findTemporalCli({ environment, sources: OFFLINE }));
    expect(error.message).toMatch(/go install: .*exit code 3: no space left on device/);
    expect(await readdir(join(root, 'cache/kedro-temporal'))).toEqual([]);
  }));

test('an abort ends the compilation with the signal’s reason and leaves nothing in the cache', () =>
  withMachine(async ({ root, environment, program }) => {
    await program('bin-1/go', 'exec /bin/sleep 60');
    const abort = new AbortController();
    const found = findTemporalCli({
      environment,
      sources: OFFLINE,
      signal: abort.signal,
      onMessage: () => setTimeout(() => abort.abort(new Error('changed my mind')), 100),
    });
    await expect(found).rejects.toThrow('changed my mind');
    expect(await readdir(join(root, 'cache/kedro-temporal'))).toEqual([]);
  }));

test('a cache that cannot be made is one of the things that were tried', () =>
  withMachine(async ({ environment, root, program }) => {
    await program('bin-1/go', FAKE_GO);
    await writeFile(join(root, 'cache'), 'a file, not a folder');
    const error = await failure(findTemporalCli({ environment, sources: OFFLINE }));
    expect(error.message).toMatch(/ENOTDIR|EEXIST/);
  }));

// The far side is the SDK's testing package: a fake one that does with the folder what the real one does.
const FAKE_TESTING = (script: string) =>
  `exports.TestWorkflowEnvironment = { async createLocal({ server: { executable } }) { ${script} } };`;
const LEAVES_BINARY =
  'require("node:fs").writeFileSync(`${executable.downloadDir}/temporal-${executable.version}`, "#!/bin/sh\\n", { mode: 0o755 });';

async function downloadWith({ root, environment }: Machine, script: string): Promise<string> {
  const testingPackage = join(root, 'testing.cjs');
  await writeFile(testingPackage, FAKE_TESTING(script));
  await mkdir(join(root, 'downloads'));
  return await downloadCli({ folder: join(root, 'downloads'), environment, testingPackage });
}

test('the SDK’s download is kept under the release’s name', () =>
  withMachine(async (machine) => {
    const path = await downloadWith(machine, `${LEAVES_BINARY} return { async teardown() {} };`);
    expect(path).toBe(join(machine.root, 'downloads', `temporal-${TEMPORAL_CLI_VERSION}`));
  }));

test('a download whose trial start fails is used all the same', () =>
  withMachine(async (machine) => {
    const path = await downloadWith(machine, `${LEAVES_BINARY} throw new Error("port taken");`);
    expect(path).toContain(TEMPORAL_CLI_VERSION);
  }));

test('a download that the network refuses says so', () =>
  withMachine(async (machine) => {
    await expect(downloadWith(machine, 'throw new Error("dns error");')).rejects.toThrow(/dns error/);
  }));
