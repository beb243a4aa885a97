import type { Command } from 'commander';
import { withProject, withServer, withWorker } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

/** `dev`: a dev server and a worker until Ctrl-C. */
export function addDev(program: Command): void {
  const command = program
    .command('dev')
    .description('a Temporal dev server and a worker for a project, until Ctrl-C; state is kept in .kedro-temporal/')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal dev --project examples/weather')
    .action(develop);
  withWorker(withServer(withProject(command)));
}

async function develop(flags: WorkerFlags): Promise<void> {
  const { openLocalStack } = await import('../worker.ts');
  await untilStopped(async (stopped) => {
    const stack = await openLocalStack(flags, stopped);
    const page = stack.uiUrl === undefined ? '' : `, page ${stack.uiUrl}`;
    say(`Ready: task queue "${stack.flags.taskQueue}" at ${stack.flags.address}${page}`);
    return { ended: stack.ended, stop: stack.close };
  });
}
