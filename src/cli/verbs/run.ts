import type { Command } from 'commander';
import { createKedroClient } from '../../client/index.ts';
import type { RunReport } from '../../core/index.ts';
import { withDev, withJson, withProject, withRequest, withServer, withWorker } from '../flags.ts';
import { aborted, untilInterrupted } from '../interrupt.ts';
import { type RequestFlags, requestOf } from '../request.ts';
import { connectClient, type SettledServer, settleServer, warnWithoutWorker } from '../server.ts';
import { openSession } from '../session.ts';
import { table } from '../table.ts';
import { duration, print, printJson, say, styled } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

type RunFlags = WorkerFlags & RequestFlags & { json?: boolean; local?: boolean; dev?: boolean };

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
  withWorker(withDev(withServer(withRequest(withJson(withProject(command))))));
}

async function runOnce(flags: RunFlags): Promise<void> {
  const request = await requestOf(flags);
  const report = flags.local
    ? await runHere(flags, request)
    : flags.dev
      ? await followed(flags, (detached) => runWithDevServer(flags, request, detached))
      : await followed(flags, async (detached) => runDurably(await settleServer(flags), request, detached));
  if (report === undefined) return;
  if (flags.json) printJson(report);
  else print(text(report));
}

type Request = Awaited<ReturnType<typeof requestOf>>;

async function runHere(flags: RunFlags, request: Request): Promise<RunReport> {
  await using session = await openSession(flags);
  if (flags.preload !== undefined) await session.preload(flags.preload);
  const stop = new AbortController();
  return await untilInterrupted(
    () =>
      session.run(request, {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'node-finished')
            say(`${styled('green', '✓')} ${event.node} ${styled('dim', duration(event.durationMs))}`);
        },
      }),
    () => stop.abort(),
  );
}

type Answer = RunReport | undefined;

/** Ctrl-C stops the waiting, not the run. */
async function followed(flags: RunFlags, work: (detached: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const detach = new AbortController();
  return await untilInterrupted(
    () => work(detach.signal),
    () => {
      say(
        flags.dev
          ? 'Stopped. The run goes on with the next dev server and worker of this project; the same --run-id comes back to it.'
          : 'Detached. The run goes on; the same --run-id comes back to it.',
      );
      detach.abort();
    },
  );
}

async function runWithDevServer(flags: RunFlags, request: Request, detached: AbortSignal): Promise<Answer> {
  const { openLocalStack } = await import('../worker.ts');
  const stack = await openLocalStack(flags, detached);
  try {
    return await runDurably({ ...flags, ...stack.flags }, request, detached);
  } finally {
    await stack.close();
  }
}

async function runDurably(flags: RunFlags & SettledServer, request: Request, detached: AbortSignal): Promise<Answer> {
  const { client, close } = await connectClient(flags);
  try {
    if (detached.aborted) return undefined;
    const run = await createKedroClient(client, { taskQueue: flags.taskQueue }).startRun(request);
    const where = `task queue "${flags.taskQueue}" at ${flags.address}`;
    say(`${run.isNew ? 'Started run' : 'Found run'} ${run.runId}, ${where}; Ctrl-C leaves it running.`);
    await warnWithoutWorker(client, flags);
    return await Promise.race([run.result(), aborted(detached).then(() => undefined)]);
  } finally {
    // A call that still waits for an answer would make a closed connection throw; a detached command ends anyway.
    if (!detached.aborted) await close();
  }
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
