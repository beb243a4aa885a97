import type { Command } from 'commander';
import type { SweepReport } from '../../../../workflows/index.ts';
import { createKedroClient, type SweepHandle, type SweepOptions } from '../../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { withDev, withJson, withProject, withRequest, withServer, withWorker } from '../../flags.ts';
import { aborted, untilInterrupted } from '../../interrupt.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../../server.ts';
import { endLine, print, printJson, say } from '../../terminal.ts';
import { optionsOf, type SweepFlags, withSweep } from './flags.ts';
import { reportText, sweepView } from './view.ts';

const LOOK_EVERY_MS = 200;

/** `sweep`: a pipeline over many points, many to a task of a worker. */
export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('run pipelines over a grid, a list or random points; Ctrl-C detaches, the same command comes back')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal sweep --dev --project examples/shuttle-prices --pipelines score \\\n      --grid train.test_size=0.1,0.2,0.3 --grid train.seed=1..5 --metric grid_score.r2 --top 3',
    )
    .action(sweep);
  withWorker(withDev(withServer(withRequest(withJson(withProject(withSweep(command)))))));
}

async function sweep(flags: SweepFlags): Promise<void> {
  const options = await optionsOf(flags);
  const detach = new AbortController();
  const report = await untilInterrupted(
    async () =>
      flags.dev
        ? await followWithDevServer(flags, options, detach.signal)
        : await follow(await settleServer(flags), options, detach.signal),
    () => {
      endLine();
      say(
        flags.dev
          ? 'Stopped. The same command goes on where it stood.'
          : 'Detached. It goes on meanwhile; the same command comes back to it.',
      );
      detach.abort();
    },
  );
  if (report === undefined) return;
  if (flags.json) printJson(report);
  else print(reportText(report, flags.metric ?? []));
  if (!isGood(report)) process.exitCode = EXIT.runFailed;
}

function isGood({ state, failed, pipeline }: SweepReport): boolean {
  return state !== 'cancelled' && failed === 0 && !(pipeline !== undefined && 'error' in pipeline);
}

async function followWithDevServer(flags: SweepFlags, options: SweepOptions, detached: AbortSignal) {
  const { openLocalStack } = await import('../../worker.ts');
  const stack = await openLocalStack(flags, detached);
  try {
    return detached.aborted ? undefined : await follow({ ...flags, ...stack.flags }, options, detached);
  } finally {
    await stack.close();
  }
}

async function follow(
  flags: SweepFlags & SettledServer,
  options: SweepOptions,
  detached: AbortSignal,
): Promise<SweepReport | undefined> {
  const { client, close } = await connectClient(flags);
  try {
    const handle = await createKedroClient(client, { taskQueue: flags.taskQueue }).startSweep(options);
    say(`${handle.isNew ? 'Sweep' : 'Found sweep'} ${handle.id}.`);
    await warnWithoutWorker(client, flags);
    return await Promise.race([untilDone(handle, detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}

async function untilDone(handle: SweepHandle, detached: AbortSignal): Promise<SweepReport> {
  const view = sweepView();
  const done = handle.result();
  done.catch(() => {});
  const isDone = done.then(
    () => true,
    () => true,
  );
  try {
    while (!detached.aborted && !(await Promise.race([isDone, pause(LOOK_EVERY_MS)]))) {
      // A query needs a worker; while there is none, the last picture stays.
      const progress = await handle.progress().catch(() => undefined);
      if (progress !== undefined) view.show(progress);
    }
    const report = await done;
    const last = await handle.progress().catch(() => undefined);
    if (last !== undefined) view.show(last);
    return report;
  } finally {
    view.end();
  }
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
