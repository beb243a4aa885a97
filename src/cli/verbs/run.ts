import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { KedroClient, RunHandle } from '../../client/index.ts';
import type { RunReport, RunRequest } from '../../core/index.ts';
import { sameCommand } from '../come-back.ts';
import { withFollow, withJson, withProject, withRequest, withServer, withWorker } from '../flags.ts';
import { checkFollow, type FollowFlags, followed, showLeft, untilDone, withDevServer } from '../following.ts';
import { aborted, untilInterrupted } from '../interrupt.ts';
import { type RequestFlags, requestOf } from '../request.ts';
import { doneText, runView } from '../run-view.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../server.ts';
import { openSession } from '../session.ts';
import { table } from '../table.ts';
import { duration, print, printJson, say } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

type RunFlags = WorkerFlags & RequestFlags & FollowFlags;

/** `run`: one run, durable, or in this process with `--local`. */
export function runVerb(command: Command): void {
  command
    .description('run pipelines once, as a durable task of a worker (or here, with --local)')
    .option('--run-id <id>', 'your name for the run; asking again with it is asking for the same run')
    .option(
      '--data <name=json|name=@file>',
      'a dataset’s value for this run only; may be repeated',
      (item, all: string[] = []) => [...all, item],
    )
    .option('--local', 'run in this process, without a server')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal run --project examples/weather --pipelines report --params year=2015 --local',
    )
    .action(runOnce);
  withWorker(withFollow(withServer(withRequest(withJson(withProject(command))))));
}

async function runOnce(flags: RunFlags): Promise<void> {
  checkFollow(flags);
  const request = await requestOf(flags);
  if (flags.detach) return await startOnly(flags, request);
  const report = flags.local
    ? await runHere(flags, request)
    : await followed(flags, async (detached, leave) =>
        flags.dev
          ? await withDevServer(flags, detached, (settled) => runDurably(settled, request, detached, leave))
          : await runDurably(await settleServer(flags), request, detached, leave),
      );
  if (report === undefined) return;
  if (flags.json) printJson(report);
  else print(text(report));
}

async function runHere(flags: RunFlags, request: RunRequest): Promise<RunReport> {
  await using session = await openSession(flags);
  if (flags.preload !== undefined) await session.preload(flags.preload);
  const stop = new AbortController();
  return await untilInterrupted(
    () =>
      session.run(request, {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'node-finished') say(doneText(event.node, event.durationMs));
        },
      }),
    () => stop.abort(),
  );
}

async function runDurably(
  flags: RunFlags & SettledServer,
  request: RunRequest,
  detached: AbortSignal,
  leave: (comeBack: string) => void,
): Promise<RunReport | undefined> {
  const { client, kedro, close } = await connectClient(flags);
  try {
    if (detached.aborted) return undefined;
    const run = await start(kedro, client, flags, request);
    leave(comeBackTo(run, flags));
    const handle = { progress: () => run.status(), result: () => run.result() };
    return await Promise.race([untilDone(handle, runView(), detached), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
}

async function startOnly(flags: RunFlags, request: RunRequest): Promise<void> {
  const settled = await settleServer(flags);
  const { client, kedro, close } = await connectClient(settled);
  try {
    const run = await start(kedro, client, settled, request);
    showLeft({ id: { runId: run.runId }, isNew: run.isNew, comeBack: comeBackTo(run, flags) }, flags);
  } finally {
    await close();
  }
}

async function start(
  kedro: KedroClient,
  client: Client,
  flags: SettledServer,
  request: RunRequest,
): Promise<RunHandle> {
  const run = await kedro.startRun(request);
  say(
    `${run.isNew ? 'Started run' : 'Found run'} ${run.runId} on task queue "${flags.taskQueue}" at ${flags.address}.`,
  );
  await warnWithoutWorker(client, flags);
  return run;
}

// The same request under the id that it has got: asking again is asking for the same run.
function comeBackTo({ runId }: RunHandle, flags: RunFlags): string {
  return sameCommand(flags.runId === undefined ? ['--run-id', runId] : []);
}

function text(report: RunReport): string {
  const nodes = table(
    ['node', 'status', 'time'],
    report.nodes.map(({ name, status, durationMs }) => [name, status, duration(durationMs)]),
    [2],
  );
  const parts = [nodes, ''];
  for (const [name, value] of Object.entries(report.outputs)) parts.push(`${name}: ${JSON.stringify(value)}`);
  for (const [name, { filepath, type, version }] of Object.entries(report.references)) {
    parts.push(`${name}: ${filepath ?? `a value in memory (${type})`}${version === undefined ? '' : ` @ ${version}`}`);
  }
  return [...parts, `run ${report.runId} done in ${duration(report.durationMs)}`].join('\n');
}
