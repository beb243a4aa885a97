import type { Command } from 'commander';
import { printAnswers, type WorkersFlags, withWorkers, workersOf } from '../answers.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import { connectClient, type ServerFlags, settleServer } from '../server.ts';
import type { ProjectFlags } from '../session.ts';

type Flags = ServerFlags & ProjectFlags & WorkersFlags & { json?: boolean };

/** `release`: artifacts out of the memory of workers that run. */
export function releaseVerb(command: Command): void {
  command
    .description('make running workers forget artifacts, which frees their memory')
    .argument('[names...]', 'artifacts (default: all that are warm)')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal release model --project examples/shuttle-prices')
    .action(release);
  withWorkers(withServer(withJson(withProject(command))));
}

async function release(names: string[], given: Flags): Promise<void> {
  const workers = workersOf(given);
  const flags = await settleServer(given);
  const { kedro, close } = await connectClient(flags);
  try {
    const answers = await kedro.releaseCache(names.length === 0 ? undefined : names, { workers });
    printAnswers(answers, ['released'], ({ released }) => [[released.join(', ')]], flags.json);
  } finally {
    await close();
  }
}
