import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EndpointFlags, jobsOf, startEndpoint } from '../endpoint.ts';
import { wholeNumber, withJson, withProject, withServer } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { collectNames } from '../params.ts';
import { ownOf, type ServerFlags, type SettledServer, settleServer } from '../server.ts';
import { openSession, type ProjectFlags, placeOf } from '../session.ts';
import { printJson, say, styled } from '../terminal.ts';

interface ServeFlags extends ServerFlags, ProjectFlags, EndpointFlags {
  /** False for `--no-temporal`. */
  temporal: boolean;
  preload?: string[];
  json?: boolean;
}

/** `serve`: answers runs by HTTP until it is stopped. */
export function serveVerb(command: Command): void {
  command
    .description('answer runs by HTTP as `kedro server` does and beyond, from one warm session, until stopped')
    .optionsGroup('The endpoint:')
    .option('-H, --host <name>', 'where to listen (default: 127.0.0.1, this machine only)')
    .option('--port <n>', 'its port; 0 for a free one (default: 8000)', port)
    .option('--no-auth', 'let everybody in who can reach it; without this, another host needs KEDRO_TEMPORAL_TOKEN')
    .addOption(
      new Option('--mode <where>', 'where a run is made that does not say (default: direct)').choices([
        'direct',
        'durable',
      ]),
    )
    .option('--concurrency <n>', 'direct runs at once (default: 100; Kedro: --hosts)', wholeNumber)
    .option('--queue <n>', 'direct runs that may wait; more are answered 503 (default: 100)', fromZero)
    .option('--timeout <seconds>', 'how long a direct run may take, its waiting included (default: 60)', milliseconds)
    .option('--no-temporal', 'direct runs only: neither durable ones nor jobs')
    .optionsGroup('Its session:')
    .option('--preload <names>', 'artifacts to load before the first run, a,b', collectNames)
    .addOption(
      new Option('--isolation <how>', 'thread: runs of a TypeScript project in threads of their own').choices([
        'inline',
        'thread',
      ]),
    )
    .option('--threads <n>', 'with --isolation thread: most threads (default: one a processor)', wholeNumber)
    .option('-r, --runner <name>', 'SequentialRunner, ThreadRunner, or a class of a Kedro project')
    .option('--async', 'Kedro: load and save datasets with threads')
    .addHelpText(
      'after',
      `
Example:
  $ kedro-temporal serve --project examples/weather
  $ curl localhost:8000/pipelines/report/run --json '{ "runtime_params": { "year": 2015 } }'`,
    )
    .action(serve);
  withServer(withJson(withProject(command)));
}

async function serve(given: ServeFlags): Promise<void> {
  const flags: ServeFlags & Partial<SettledServer> = given.temporal
    ? await settleServer(given)
    : { ...ownOf((await jobsOf(given)).worker), ...given };
  await untilStopped(async (stopped) => {
    const session = await openSession(flags);
    try {
      if (flags.preload !== undefined) await session.preload(flags.preload, { signal: stopped });
      const endpoint = await startEndpoint({ flags, session, ...(isSettled(flags) ? { temporal: flags } : {}) });
      tell(flags, endpoint);
      const stop = async () => {
        say('Closing: running requests may end.');
        await endpoint.close().finally(() => session.close());
      };
      return { ended: new Promise<void>(() => {}), stop };
    } catch (error) {
      await session.close();
      throw error;
    }
  });
}

function isSettled(flags: ServeFlags & Partial<SettledServer>): flags is ServeFlags & SettledServer {
  return flags.temporal && flags.address !== undefined;
}

function tell(
  flags: ServeFlags & Partial<SettledServer>,
  { url, tokenEnv }: { url: string; tokenEnv: string | undefined },
): void {
  const { address, taskQueue, temporal } = flags;
  if (flags.json) printJson({ state: 'ready', url, ...(temporal ? { address, taskQueue } : {}) });
  say(`${styled('green', '✓')} Serving ${placeOf(flags).project} at ${styled('bold', url)}`);
  say(`  runs     POST ${url}/run, or /pipelines/<name>/run`);
  say(`  docs     ${url}/docs`);
  say(`  page     ${url}/`);
  say(`  token    ${tokenEnv === undefined ? 'none is asked for' : `from ${tokenEnv}`}`);
  if (flags.auth === false) say(`           ${styled('yellow', 'whoever reaches it may run pipelines (--no-auth)')}`);
  say(
    `  durable  ${temporal ? `task queue "${taskQueue}" at ${address}, reached when it is needed` : 'no (--no-temporal)'}`,
  );
  say('Ctrl-C lets running requests end, and stops.');
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port: 0 to 65535.');
}

function fromZero(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0.');
}

function milliseconds(text: string): number {
  const value = Number(text) * 1000;
  if (value > 0 && Number.isFinite(value)) return Math.ceil(value);
  throw new InvalidArgumentError('It must be a number of seconds.');
}
