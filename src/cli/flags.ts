import { type Command, InvalidArgumentError, Option } from 'commander';
import { collectNames } from './params.ts';

/** `--project`, `--env`. */
export function withProject(command: Command): Command {
  return command
    .optionsGroup('The project:')
    .option('-P, --project <dir>', 'the project: a folder that has conf/', '.')
    .option('-e, --env <name>', 'configuration environment (default: KEDRO_ENV, else local)')
    .option('--conf-source <dir>', 'another folder for conf/')
    .option(
      '--python <path>',
      'Python of a Kedro project (default: KEDRO_TEMPORAL_PYTHON, .venv, VIRTUAL_ENV, python3)',
    )
    .option(
      '--hosts <n>',
      'Python processes of a Kedro project, each with one run at a time (default: 1)',
      wholeNumber,
    );
}

/** `--json`. */
export function withJson(command: Command): Command {
  return command.optionsGroup('Output:').option('--json', 'print the result as one JSON document; words go to stderr');
}

/** `--address`, `--namespace`, `--profile`, `--config-file`, `--task-queue`. */
export function withServer(command: Command): Command {
  return command
    .optionsGroup('The server:')
    .option(
      '--address <host:port>',
      'Temporal server (default: TEMPORAL_ADDRESS, temporal.yml, Temporal’s profile, the project’s dev server, localhost:7233)',
    )
    .option('--namespace <name>', 'Temporal namespace (default: as for the address, else default)')
    .option('--profile <name>', 'profile of Temporal’s configuration file: address, TLS, API key')
    .option('--config-file <file>', 'that file (default: TEMPORAL_CONFIG_FILE, else Temporal’s own place)')
    .option('--task-queue <name>', 'task queue of the workers (default: kedro-<folder of the project>)');
}

/** `--preload`, `--isolation`, `--runner`, `--async`, `--threads`, `--max-concurrent-runs`. */
export function withWorker(command: Command): Command {
  return command
    .optionsGroup('Its worker:')
    .option('--preload <names>', 'artifacts to load before the first run, a,b', collectNames)
    .addOption(
      new Option(
        '--isolation <how>',
        'thread: runs of a TypeScript project in threads of their own, which a cancel ends (default: inline)',
      ).choices(['inline', 'thread']),
    )
    .option(
      '-r, --runner <name>',
      'runner of the session: SequentialRunner, ThreadRunner, or a class of a Kedro project',
    )
    .option('--async', 'Kedro: load and save datasets with threads')
    .option('--threads <n>', 'with --isolation thread: most threads (default: one a processor)', wholeNumber)
    .option(
      '--max-concurrent-runs <n>',
      'most runs at once in this worker (default: 100; Kedro: --hosts; in threads: --threads)',
      wholeNumber,
    );
}

/** What to run: Kedro's own flags, by the names that `kedro run` takes. */
export function withRequest(command: Command): Command {
  command
    .optionsGroup('What to run:')
    .option('-p, --pipelines <names>', 'pipelines to run together, a,b (default: __default__)', collectNames)
    .option('--params <k=v,…>', 'runtime params, a.b=c nests; or @file.json')
    .option('-t, --tags <names>', 'only nodes with one of these tags', collectNames)
    .option('-n, --nodes <names>', 'only these nodes', collectNames)
    .option('--from-nodes <names>', 'only these nodes and what comes after', collectNames)
    .option('--to-nodes <names>', 'only these nodes and what comes before', collectNames)
    .option('--from-inputs <names>', 'only nodes that need these datasets', collectNames)
    .option('--to-outputs <names>', 'only nodes that these datasets need', collectNames)
    .option('--namespaces <names>', 'only nodes in these namespaces (-ns too)', collectNames)
    .option('--load-versions <name:version,…>', 'versions to load (-lv too)', collectNames)
    .option('--only-missing-outputs', 'leave out nodes whose outputs exist')
    .option('--outputs <names>', 'datasets to return (default: free outputs)', collectNames)
    .option('-c, --config <file>', 'YAML file whose table "run" has these flags; those of the command go before')
    .hook('preAction', async (_, called) => {
      const { addRunConfig } = await import('./run-config.ts');
      await addRunConfig(called);
    });
  alsoCalled(command, '--pipeline', 'pipelines');
  return alsoCalled(command, '--node-names', 'nodes');
}

/** Another name for a list of names. */
function alsoCalled(command: Command, flag: string, attribute: string): Command {
  command.addOption(new Option(`${flag} <names>`).hideHelp());
  return command.on(`option:${flag.slice(2)}`, (text: string) => {
    command.setOptionValueWithSource(attribute, collectNames(text, command.getOptionValue(attribute)), 'cli');
  });
}

/** `--wait`, `--detach`, `--dev`. */
export function withFollow(command: Command): Command {
  return command
    .optionsGroup('Following it:')
    .addOption(new Option('--wait', 'follow it to its end; Ctrl-C detaches (the default)').conflicts('detach'))
    .option('--detach', 'start it, print its id and how to come back to it, and end')
    .option('--dev', 'start a dev server and a worker for as long as this takes');
}

/** Parses a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
