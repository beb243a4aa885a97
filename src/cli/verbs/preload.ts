import type { Command } from 'commander';
import { Option } from 'commander';
import type { PreloadWorkersOptions } from '../../client/index.ts';
import { printAnswers, type WorkersFlags, withWorkers, workersOf } from '../answers.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import { parseParams } from '../params.ts';
import { connectClient, type ServerFlags, settleServer } from '../server.ts';
import type { ProjectFlags } from '../session.ts';
import { duration } from '../terminal.ts';

type Flags = ServerFlags &
  ProjectFlags &
  WorkersFlags & {
    params?: string;
    refresh?: NonNullable<PreloadWorkersOptions['refresh']>;
    copyMode?: NonNullable<PreloadWorkersOptions['copyMode']>;
    json?: boolean;
  };

/** `preload`: artifacts into the memory of workers that run. */
export function preloadVerb(command: Command): void {
  command
    .description('load artifacts into the memory of running workers, for their runs to reuse')
    .argument('<names...>', 'datasets of the catalog')
    .option('--params <k=v,…>', 'runtime params that fill the artifacts’ entries, a.b=c nests; or @file.json')
    .addOption(
      new Option('--refresh <when>', 'when-changed: look for a change at each run').choices(['never', 'when-changed']),
    )
    .addOption(
      new Option('--copy-mode <mode>', 'assign: hand out the value itself, neither frozen nor copied').choices([
        'assign',
      ]),
    )
    .addHelpText(
      'after',
      '\nWorkers that start later know nothing of it: for those there is\n"worker: { preload: … }" in temporal.yml.' +
        '\n\nExample:\n  $ kedro-temporal preload model --project examples/shuttle-prices --refresh when-changed',
    )
    .action(preload);
  withWorkers(withServer(withJson(withProject(command))));
}

async function preload(names: string[], given: Flags): Promise<void> {
  const workers = workersOf(given);
  const runtimeParams = await parseParams(given.params);
  const flags = await settleServer(given);
  const { kedro, close } = await connectClient(flags);
  try {
    const { refresh, copyMode } = flags;
    const answers = await kedro.preload(names, {
      workers,
      runtimeParams,
      ...(refresh === undefined ? {} : { refresh }),
      ...(copyMode === undefined ? {} : { copyMode }),
    });
    printAnswers(
      answers,
      ['loaded', 'kept', 'dropped'],
      ({ loaded, kept, dropped }) => [
        [
          loaded.map(({ dataset, durationMs }) => `${dataset} (${duration(durationMs)})`).join(', '),
          kept.join(', '),
          dropped.join(', '),
        ],
      ],
      flags.json,
    );
  } finally {
    await close();
  }
}
