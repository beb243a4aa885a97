import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { SweepReport } from '../../../../workflows/index.ts';
import type { KedroClient, SweepHandle, SweepOptions } from '../../../client/index.ts';
import { sameCommand } from '../../come-back.ts';
import { EXIT } from '../../exit-codes.ts';
import { withFollow, withJson, withProject, withRequest, withServer, withWorker } from '../../flags.ts';
import { checkFollow, followed, showLeft, untilDone, withDevServer } from '../../following.ts';
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
      '\nExample:\n  $ kedro-temporal sweep --dev --project examples/shuttle-prices --pipelines score \\\n      --grid train.test_size=0.1,0.2,0.3 --grid train.seed=1..5 \\\n      --metric grid_score.r2 --top 3',
    )
    .action(sweep);
  withWorker(withFollow(withServer(withRequest(withJson(withProject(withSweep(command)))))));
}

async function sweep(flags: SweepFlags): Promise<void> {
  checkFollow(flags);
  const options = await optionsOf(flags);
  if (flags.detach) return await startOnly(flags, options);
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

async function startOnly(flags: SweepFlags, options: SweepOptions): Promise<void> {
  const settled = await settleServer(flags);
  const { client, kedro, close } = await connectClient(settled);
  try {
    const { id, isNew } = await start(kedro, client, settled, options);
    showLeft({ id: { id }, isNew, comeBack: sameCommand() }, flags);
  } finally {
    await close();
  }
}

async function start(
  kedro: KedroClient,
  client: Client,
  flags: SettledServer,
  options: SweepOptions,
): Promise<SweepHandle> {
  const handle = await kedro.startSweep(options);
  say(`${handle.isNew ? 'Sweep' : 'Found sweep'} ${handle.id}.`);
  await warnWithoutWorker(client, flags);
  return handle;
}

function isGood({ state, failed, pipeline }: SweepReport): boolean {
  return state !== 'cancelled' && failed === 0 && !(pipeline !== undefined && 'error' in pipeline);
}

async function follow(
  flags: SweepFlags & SettledServer,
  options: SweepOptions,
  detached: AbortSignal,
): Promise<SweepReport | undefined> {
  const { client, kedro, close } = await connectClient(flags);
  try {
    const handle = await start(kedro, client, flags, options);
    return await Promise.race([untilDone(handle, sweepView(), detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}
