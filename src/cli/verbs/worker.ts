import type { Command } from 'commander';
import { withProject, withServer, withWorker } from '../flags.ts';
import { aborted, Interrupted, untilInterrupted } from '../interrupt.ts';
import { addressOf } from '../server.ts';
import { say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

/** `worker`: takes runs of a project from a task queue until it is stopped. */
export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('take runs of a project from a task queue, with one warm session, until stopped')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal worker --project examples/weather --address localhost:7233')
    .action(work);
  withWorker(withServer(withProject(command)));
}

async function work(flags: WorkerFlags): Promise<void> {
  const { startWorker } = await import('../worker.ts');
  const stop = new AbortController();
  try {
    await untilInterrupted(
      async () => {
        const worker = await startWorker(flags);
        say(
          `Worker for ${flags.project} is ready: task queue "${flags.taskQueue}" at ${addressOf(flags)}. Ctrl-C stops it.`,
        );
        await Promise.race([worker.ended, aborted(stop.signal)]);
        await worker.stop();
      },
      () => stop.abort(),
    );
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
}
