/** `backfill status`, `watch`, `pause`, `resume`, `cancel`, `concurrency`, `skip`, `retry`: hands on a backfill that runs. */
import type { Command } from 'commander';
import type { BackfillProgress } from '../../../../workflows/index.ts';
import type { BackfillHandle } from '../../../client/index.ts';
import { countOutcomes, sizeOf } from '../../../planner/index.ts';
import { failureTable } from '../../failure-table.ts';
import { wholeNumber, withJson, withProject, withServer } from '../../flags.ts';
import { collectNames } from '../../params.ts';
import { connectClient, type ServerFlags, settleServer } from '../../server.ts';
import type { ProjectFlags } from '../../session.ts';
import { table } from '../../table.ts';
import { duration, print, printJson } from '../../terminal.ts';

type ControlFlags = ProjectFlags & ServerFlags & { json?: boolean };

type Control = (handle: BackfillHandle, ...args: string[]) => Promise<BackfillProgress>;

const KEYS = '[keys...]';

/** Adds the verbs. Each takes a backfill's id, or a job's name for its newest backfill. */
export function addControls(command: Command): void {
  add(command, 'status <id|job>', 'where it stands', (handle) => handle.progress());
  add(command, 'pause <id|job>', 'start no further interval; what runs goes on', (handle) => handle.pause());
  add(command, 'resume <id|job>', 'go on', (handle) => handle.resume());
  add(command, 'cancel <id|job>', 'end what runs and start nothing more', (handle) => handle.cancel());
  add(command, 'concurrency <id|job> <n>', 'change how many run at once', (handle, n = '') =>
    handle.setConcurrency(wholeNumber(n)),
  );
  add(command, `skip <id|job> ${KEYS}`, 'leave out intervals, and end them where they run', (handle, ...keys) =>
    handle.skip(keys.flatMap((key) => collectNames(key))),
  );
  add(
    command,
    `retry <id|job> ${KEYS}`,
    'run failed and cancelled intervals again: those named, or all',
    (handle, ...keys) => (keys.length === 0 ? handle.retry() : handle.retry(keys.flatMap((key) => collectNames(key)))),
  );
}

function add(parent: Command, usage: string, description: string, control: Control): void {
  const name = usage.split(' ')[0] ?? '';
  const command = parent.command(usage.replace('<id|job>', '<backfill>')).description(description);
  withServer(withJson(withProject(command)));
  command.addHelpText(
    'after',
    `\nThe backfill is its id, or a job's name for the newest one of that job.\n\nExample:\n  $ kedro-temporal backfill ${name} weather`,
  );
  command.action(async (...all: unknown[]) => {
    const flags = command.optsWithGlobals<ControlFlags>();
    const words = all
      .slice(0, -2)
      .flat()
      .filter((each): each is string => typeof each === 'string');
    const [which = '', ...args] = words;
    await withHandle(flags, which, async (handle) => {
      const progress = await control(handle, ...args);
      if (flags.json) printJson({ id: handle.id, ...progress });
      else print(progressText(handle.id, progress));
    });
  });
}

/** Reaches the backfill that `which` names, for as long as `work` takes. */
export async function withHandle<T>(
  flags: ControlFlags,
  which: string,
  work: (handle: BackfillHandle) => Promise<T>,
): Promise<T> {
  const settled = await settleServer(flags);
  const { kedro, close } = await connectClient(settled);
  try {
    return await work(await kedro.findBackfill(which));
  } finally {
    await close();
  }
}

function progressText(id: string, progress: BackfillProgress): string {
  const counts = countOutcomes(progress.outcomes);
  const running = sizeOf(progress.running);
  const open = progress.total - Object.values(counts).reduce((sum, count) => sum + count, 0) - running;
  const rows: [string, number, string][] = [
    ['succeeded', counts.succeeded, ''],
    ['failed', counts.failed, reasons(progress.outcomes.failed)],
    ['skipped', counts.skipped, reasons(progress.outcomes.skipped)],
    ['cancelled', counts.cancelled, reasons(progress.outcomes.cancelled)],
    [
      'running',
      running,
      `${progress.allowed} at once${progress.allowed < progress.concurrency ? ', live runs first' : ''}`,
    ],
    ['to come', open, ''],
  ];
  const why = progress.why === undefined ? '' : ` (${progress.why})`;
  const since = duration(Date.now() - progress.startedAt);
  const failures = progress.failures.length === 0 ? '' : `\n\n${failureTable(progress.failures, counts.failed)}`;
  return `${id}: ${progress.phase}${why}, ${progress.total} intervals, since ${since}\n\n${table(['state', 'intervals', ''], rows, [1])}${failures}`;
}

function reasons(sets: Readonly<Record<string, readonly (readonly [number, number])[]>>): string {
  return Object.entries(sets)
    .map(([reason, set]) => `${reason} ${sizeOf(set)}`)
    .join(', ');
}
