import type { Command } from 'commander';
import { Option } from 'commander';
import type { BackfillReport } from '../../../workflows/index.ts';
import { type BackfillHandle, type BackfillOptions, createKedroClient } from '../../client/index.ts';
import { EVERY } from '../../planner/index.ts';
import { EXIT } from '../exit-codes.ts';
import { wholeNumber, withDev, withJson, withProject, withRequest, withServer, withWorker } from '../flags.ts';
import { aborted, untilInterrupted } from '../interrupt.ts';
import { parseIntervalParams } from '../params.ts';
import { progressView } from '../progress.ts';
import { type RequestFlags, requestOf } from '../request.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../server.ts';
import { duration, endLine, print, printJson, say, table } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

type BackfillFlags = WorkerFlags &
  RequestFlags &
  Pick<BackfillOptions, 'job' | 'every' | 'from' | 'to' | 'timeZone' | 'concurrency' | 'skip' | 'order' | 'again'> & {
    intervalParams?: string;
    json?: boolean;
    dev?: boolean;
  };

const LOOK_EVERY_MS = 200;

/** `backfill`: one durable run per interval of a range. */
export function addBackfill(program: Command): void {
  const command = program
    .command('backfill')
    .description('run pipelines once per interval of a range; Ctrl-C detaches, the same command comes back')
    .requiredOption('--job <name>', 'names the runs: <job>/<interval>')
    .requiredOption('--from <date>', 'first interval')
    .requiredOption('--to <date>', 'where the range ends, itself not part of it')
    .addOption(new Option('--every <unit>', 'length of an interval').choices([...EVERY]).default('day'))
    .option('--time-zone <name>', 'IANA time zone in which intervals start', 'UTC')
    .option(
      '--interval-params <param=key,…>',
      'runtime params filled with the interval’s key, start or end (default: interval_key, …)',
    )
    .option('--concurrency <n>', 'most runs at once', wholeNumber, 10)
    .addOption(
      new Option('--order <order>', 'which intervals first').choices(['forward', 'backward']).default('forward'),
    )
    .addOption(
      new Option('--skip <which>', 'leave out intervals whose last run succeeded')
        .choices(['none', 'completed'])
        .default('none'),
    )
    .option('--again', 'run all intervals again although this range is done')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal backfill --dev --project examples/weather --job weather --pipelines clean,features \\\n      --from 2015-01-01 --to 2016-01-01 --interval-params day=key',
    )
    .action(backfill);
  withWorker(withDev(withServer(withRequest(withJson(withProject(command))))));
}

async function backfill(flags: BackfillFlags): Promise<void> {
  const options = await optionsOf(flags);
  const detach = new AbortController();
  const report = await untilInterrupted(
    async () =>
      flags.dev
        ? followWithDevServer(flags, options, detach.signal)
        : follow(await settleServer(flags), options, detach.signal),
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
  else print(text(report));
  if (report.failed > 0) process.exitCode = EXIT.runFailed;
}

async function optionsOf(flags: BackfillFlags): Promise<BackfillOptions> {
  const { job, every, from, to, timeZone, concurrency, skip, order, again, intervalParams } = flags;
  return {
    job,
    from,
    to,
    request: await requestOf(flags),
    ...Object.fromEntries(
      Object.entries({ every, timeZone, concurrency, skip, order, again }).filter(([, value]) => value !== undefined),
    ),
    ...(intervalParams === undefined ? {} : { intervalParams: parseIntervalParams(intervalParams) }),
  };
}

async function followWithDevServer(flags: BackfillFlags, options: BackfillOptions, detached: AbortSignal) {
  const { openLocalStack } = await import('../worker.ts');
  const stack = await openLocalStack(flags, detached);
  try {
    return detached.aborted ? undefined : await follow({ ...flags, ...stack.flags }, options, detached);
  } finally {
    await stack.close();
  }
}

async function follow(
  flags: BackfillFlags & SettledServer,
  options: BackfillOptions,
  detached: AbortSignal,
): Promise<BackfillReport | undefined> {
  const { client, close } = await connectClient(flags);
  try {
    const handle = await createKedroClient(client, { taskQueue: flags.taskQueue }).startBackfill(options);
    const what = `${options.job}, every ${options.every ?? 'day'} from ${options.from} to ${options.to}`;
    say(`${handle.isNew ? 'Backfill' : 'Found backfill'} ${handle.id}: ${what}.`);
    if (handle.endedAt !== undefined)
      say(`It ended at ${handle.endedAt.toISOString()}; --again runs all of it once more.`);
    else await warnWithoutWorker(client, flags);
    return await Promise.race([showUntilDone(handle, detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}

async function showUntilDone(handle: BackfillHandle, detached: AbortSignal): Promise<BackfillReport> {
  const view = progressView();
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

function text(report: BackfillReport): string {
  const skipped = report.skipped === 0 ? '' : `, ${report.skipped} skipped`;
  const last = `${report.succeeded} succeeded, ${report.failed} failed${skipped}, in ${duration(report.durationMs)}`;
  if (report.failures.length === 0) return last;
  const rows = report.failures.map(({ key, code, message }) => [key, code, message]);
  const more = report.failed > rows.length ? `\nand ${report.failed - rows.length} more` : '';
  return `${table(['interval', 'code', 'why'], rows)}${more}\n\n${last}`;
}
