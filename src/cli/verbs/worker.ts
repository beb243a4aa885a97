import type { Command } from 'commander';
import { withProject, withServer, withWorker } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { settleServer } from '../server.ts';
import { say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

/** `worker`: takes runs of a project from a task queue until it is stopped. */
export function workerVerb(command: Command): void {
  command
    .description('take runs of a project from a task queue, with one warm session, until stopped')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal worker --project examples/weather --address localhost:7233')
    .action(work);
  withWorker(withServer(withProject(command)));
}

async function work(given: WorkerFlags): Promise<void> {
  const { startWorker } = await import('../worker.ts');
  const flags = await settleServer(given);
  await untilStopped(async () => {
    const worker = await startWorker(flags);
    const where = `task queue "${flags.taskQueue}" at ${flags.address}`;
    say(`Worker for ${flags.project} is ready: ${where}. Ctrl-C stops it.`);
    return worker;
  });
}
