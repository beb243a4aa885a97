import type { Command } from 'commander';
import { withJson, withProject, withServer, withWorker } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { settleServer } from '../server.ts';
import { printJson, say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

/** `worker`: takes runs of a project from a task queue until it is stopped. */
export function workerVerb(command: Command): void {
  command
    .description('take runs of a project from a task queue, with one warm session, until stopped')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal worker --project examples/weather --address localhost:7233')
    .action(work);
  withWorker(withServer(withJson(withProject(command))));
}

async function work(given: WorkerFlags & { json?: boolean }): Promise<void> {
  const { startWorker } = await import('../worker.ts');
  const flags = await settleServer(given);
  await untilStopped(async () => {
    const worker = await startWorker(flags);
    const { taskQueue, address, namespace } = flags;
    if (flags.json) printJson({ state: 'ready', taskQueue, address, namespace });
    const where = `task queue "${taskQueue}" at ${address}`;
    say(`Worker for ${flags.project} is ready: ${where}. Ctrl-C stops it.`);
    return worker;
  });
}
