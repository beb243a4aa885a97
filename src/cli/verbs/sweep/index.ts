import type { Command } from 'commander';
import type { SweepReport } from '../../../../workflows/index.ts';
import { createKedroClient, type SweepOptions } from '../../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { withDev, withJson, withProject, withRequest, withServer, withWorker } from '../../flags.ts';
import { followed, untilDone, withDevServer } from '../../following.ts';
import { aborted } from '../../interrupt.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../../server.ts';
import { print, printJson, say } from '../../terminal.ts';
import { optionsOf, type SweepFlags, withSweep } from './flags.ts';
import { reportText, sweepView } from './view.ts';

/** `sweep`: a pipeline over many points, many to a task of a worker. */
export function sweepVerb(command: Command): void {
  command
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
  const report = await followed(flags, async (detached) =>
    flags.dev
      ? await withDevServer(flags, detached, (settled) => follow(settled, options, detached))
      : await follow(await settleServer(flags), options, detached),
  );
  if (report === undefined) return;
  if (flags.json) printJson(report);
  else print(reportText(report, flags.metric ?? []));
  if (!isGood(report)) process.exitCode = EXIT.runFailed;
}

function isGood({ state, failed, pipeline }: SweepReport): boolean {
  return state !== 'cancelled' && failed === 0 && !(pipeline !== undefined && 'error' in pipeline);
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
    return await Promise.race([untilDone(handle, sweepView(), detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}
