import type { Command } from 'commander';
import { withProject, withServer, withWorker } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { projectServer } from '../server.ts';
import { say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

/** `dev`: a dev server and a worker until Ctrl-C. */
export function devVerb(command: Command): void {
  command
    .description('a Temporal dev server and a worker for a project, until Ctrl-C; state is kept in .kedro-temporal/')
    .option('--no-worker', 'the server only, for a worker of your own')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal dev --project examples/weather')
    .action(develop);
  withWorker(withServer(withProject(command)));
}

async function develop(flags: WorkerFlags & { worker: boolean }): Promise<void> {
  if (!flags.worker) return await untilStopped((stopped) => serveOnly(flags, stopped));
  const { openLocalStack } = await import('../worker.ts');
  await untilStopped(async (stopped) => {
    const stack = await openLocalStack(flags, stopped);
    say(
      `Ready: task queue "${stack.flags.taskQueue}" at ${stack.flags.address}. Pipelines are loaded once: restart after an edit.`,
    );
    return { ended: stack.ended, stop: stack.close };
  });
}

async function serveOnly(flags: WorkerFlags, stopped: AbortSignal) {
  const server = await projectServer(flags.project, flags, stopped);
  say(`Ready: a server at ${server.address}, without a worker. Ctrl-C stops it.`);
  return { ended: new Promise<void>(() => {}), stop: () => server.close() };
}
