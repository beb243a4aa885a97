import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { BackfillReport } from '../../../../workflows/index.ts';
import type { BackfillHandle, KedroClient } from '../../../client/index.ts';
import { commandAbout } from '../../come-back.ts';
import { withFollow, withJson, withProject, withRequest, withServer, withWorker } from '../../flags.ts';
import { checkFollow, followed, showLeft, untilDone, withDevServer } from '../../following.ts';
import { aborted } from '../../interrupt.ts';
import { progressView } from '../../progress.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../../server.ts';
import { print, printJson, say } from '../../terminal.ts';
import { addControls, withHandle } from './controls.ts';
import { type BackfillFlags, optionsOf, withBackfill } from './flags.ts';
import { backfillHere, localOption, planHere } from './local.ts';
import { checkWanted, planJson, planText, readPlan, storePlan } from './plans.ts';
import { showReport } from './view.ts';

const EXAMPLE = `--project examples/weather --job weather --pipelines clean,features \\
      --from 2015-01-01 --to 2016-01-01 --interval-params day=key`;

/** `backfill`: one durable run per interval of a range, and everything one may want to do about it. */
export function backfillVerb(command: Command): void {
  command
    .description('run pipelines once per interval of a range; Ctrl-C detaches, the same command comes back')
    .option('-y, --yes', 'do not ask before starting')
    .addOption(localOption())
    .addHelpText('after', `\nExample:\n  $ kedro-temporal backfill --dev ${EXAMPLE}`)
    .action(() => backfill(command.opts<BackfillFlags>()));
  withWorker(withFollow(withServer(withRequest(withJson(withProject(withBackfill(command)))))));
  addPlan(command);
  addApply(command);
  addWatch(command);
  addControls(command);
}

function addPlan(parent: Command): void {
  const command = parent
    .command('plan')
    .description('show what a backfill would do, and a hash to apply it by')
    .addOption(localOption())
    .addHelpText('after', `\nExample:\n  $ kedro-temporal backfill plan ${EXAMPLE}`)
    .action(async () => {
      const flags = command.optsWithGlobals<BackfillFlags>();
      if (flags.local) return await planHere(flags);
      await withClient(await settleServer(flags), async (kedro) => {
        const plan = await kedro.planBackfill(await optionsOf(flags));
        await storePlan(flags.project, plan);
        if (flags.json) printJson(planJson(plan));
        else print(`${planText(plan)}\n\nRun exactly this: kedro-temporal backfill apply ${plan.hash}`);
      });
    });
  withServer(withRequest(withJson(withProject(withBackfill(command)))));
}

function addApply(parent: Command): void {
  const command = parent
    .command('apply <hash>')
    .description('run exactly the plan of that hash (or file), or refuse where things have changed since')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal backfill apply 0f3a1b2c4d5e6f70')
    .action(async (hash: string) => {
      const flags = command.optsWithGlobals<BackfillFlags>();
      const plan = await readPlan(flags.project, hash);
      await run(flags, (kedro) => kedro.applyBackfill(plan));
    });
  withWorker(withFollow(withServer(withJson(withProject(command)))));
}

function addWatch(parent: Command): void {
  const command = parent
    .command('watch <backfill>')
    .description('follow a backfill (its id, or a job for its newest) to its end; Ctrl-C detaches')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal backfill watch weather')
    .action(async (which: string) => {
      const flags = command.optsWithGlobals<BackfillFlags>();
      const report = await followed(flags, (detached) =>
        withHandle(flags, which, (handle) => untilDone(handle, progressView(), detached)),
      );
      if (report !== undefined) showReport(report, flags);
    });
  withServer(withJson(withProject(command)));
}

async function backfill(flags: BackfillFlags): Promise<void> {
  if (flags.local) return await backfillHere(flags);
  const options = await optionsOf(flags);
  await run(flags, async (kedro) => {
    await checkWanted(flags, () => kedro.planBackfill(options));
    return await kedro.startBackfill(options);
  });
}

type Start = (kedro: KedroClient) => Promise<BackfillHandle>;

async function run(flags: BackfillFlags, start: Start): Promise<void> {
  checkFollow(flags);
  if (flags.detach) return await startOnly(flags, start);
  const report = await followed(flags, async (detached, leave) =>
    flags.dev
      ? await withDevServer(flags, detached, (settled) => follow(settled, start, detached, () => {}))
      : await follow(await settleServer(flags), start, detached, (id) => leave(watchCommand(id, flags))),
  );
  if (report !== undefined) showReport(report, flags);
}

async function startOnly(flags: BackfillFlags, start: Start): Promise<void> {
  const settled = await settleServer(flags);
  await withClient(settled, async (kedro, client) => {
    const handle = await start(kedro);
    await tellOf(handle, client, settled);
    const { id, isNew } = handle;
    showLeft({ id: { id }, isNew, comeBack: watchCommand(id, flags) }, flags);
  });
}

function watchCommand(id: string, flags: BackfillFlags): string {
  return commandAbout(['backfill', 'watch', id], flags);
}

async function follow(
  flags: BackfillFlags & SettledServer,
  start: Start,
  detached: AbortSignal,
  onStart: (id: string) => void,
): Promise<BackfillReport | undefined> {
  const { client, kedro, close } = await connectClient(flags);
  try {
    const handle = await start(kedro);
    onStart(handle.id);
    await tellOf(handle, client, flags);
    return await Promise.race([untilDone(handle, progressView(), detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}

async function tellOf({ id, isNew, endedAt }: BackfillHandle, client: Client, flags: SettledServer): Promise<void> {
  say(`${isNew ? 'Backfill' : 'Found backfill'} ${id}.`);
  if (endedAt !== undefined) say(`It ended at ${endedAt.toISOString()}; --again runs all of it once more.`);
  else await warnWithoutWorker(client, flags);
}

async function withClient<T>(
  flags: SettledServer,
  work: (kedro: KedroClient, client: Client) => Promise<T>,
): Promise<T> {
  const { client, kedro, close } = await connectClient(flags);
  try {
    return await work(kedro, client);
  } finally {
    await close();
  }
}
