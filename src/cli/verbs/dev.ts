import type { Command } from 'commander';
import { withProject, withServer, withWorker } from '../flags.ts';
import { aborted, Interrupted, untilInterrupted } from '../interrupt.ts';
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
  const stop = new AbortController();
  try {
    await untilInterrupted(
      async () => {
        const stack = await openLocalStack(flags, stop.signal);
        say(
          `Ready: task queue "${stack.flags.taskQueue}" at ${stack.flags.address}${stack.uiUrl === undefined ? '' : `, page ${stack.uiUrl}`}`,
        );
        await Promise.race([stack.ended, aborted(stop.signal)]);
        await stack.close();
      },
      () => stop.abort(),
    );
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
}
