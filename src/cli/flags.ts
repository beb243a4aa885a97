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

/** `--preload`, `--isolation`, `--threads`, `--max-concurrent-runs`. */
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
    .option('--threads <n>', 'with --isolation thread: most threads (default: one a processor)', wholeNumber)
    .option(
      '--max-concurrent-runs <n>',
      'most runs at once in this worker (default: 100; Kedro: --hosts; in threads: --threads)',
      wholeNumber,
    );
}

/** What to run: Kedro's own flags. */
export function withRequest(command: Command): Command {
  return command
    .optionsGroup('What to run:')
    .option('-p, --pipelines <names>', 'pipelines to run together, a,b (default: __default__)', collectNames)
    .option('--params <k=v,…>', 'runtime params, a.b=c nests; or @file.json')
    .option('-t, --tags <names>', 'only nodes with one of these tags', collectNames)
    .option('-n, --nodes <names>', 'only these nodes', collectNames)
    .option('--from-nodes <names>', 'only these nodes and what comes after', collectNames)
    .option('--to-nodes <names>', 'only these nodes and what comes before', collectNames)
    .option('--from-inputs <names>', 'only nodes that need these datasets', collectNames)
    .option('--to-outputs <names>', 'only nodes that these datasets need', collectNames)
    .option('--namespaces <names>', 'only nodes in these namespaces', collectNames)
    .option('--load-versions <name:version,…>', 'versions to load', collectNames)
    .option('--only-missing-outputs', 'leave out nodes whose outputs exist')
    .option('--outputs <names>', 'datasets to return (default: free outputs)', collectNames);
}

/** `--dev`. */
export function withDev(command: Command): Command {
  return command
    .optionsGroup('The server:')
    .addOption(new Option('--dev', 'start a dev server and a worker for as long as this takes'));
}

/** Parses a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
