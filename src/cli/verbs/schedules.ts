import type { Command } from 'commander';
import type {
  FieldChange,
  ScheduleChange,
  ScheduleControls,
  ScheduleStatus,
  SchedulesOptions,
} from '../../client/index.ts';
import { type JsonValue, PipelineError } from '../../core/index.ts';
import type { ProjectJobs } from '../../jobs/index.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import { parseParams } from '../params.ts';
import { connectClient, type ServerFlags, settleServer } from '../server.ts';
import { type ProjectFlags, placeOf } from '../session.ts';
import { table } from '../table.ts';
import { print, printJson, say, styled } from '../terminal.ts';
import { addAudit } from './audit.ts';

type Flags = ServerFlags & ProjectFlags & { json?: boolean; params?: string };
type Client = Awaited<ReturnType<typeof connectClient>>['client'];
type Control = 'pause' | 'resume' | 'trigger';

/** `schedules`: those of `conf/<env>/temporal.yml`, on the server. */
export function schedulesVerb(schedules: Command): void {
  schedules.description('the schedules of conf/<env>/temporal.yml, on the server');
  const up = verb(schedules, 'up', 'show what differs from the server, then create and change schedules')
    .option('--prune', 'delete schedules of this project that are not in the file any more')
    .option('--dry-run', 'show what differs, change nothing')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal schedules up --project examples/weather --dry-run')
    .action(upgrade);
  const list = verb(schedules, 'list', 'what the server has: next runs, pauses, notes')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal schedules list --project examples/weather')
    .action(showAll);
  const pause = controlVerb(schedules, 'pause', 'start nothing until resumed; what runs goes on');
  const resume = controlVerb(schedules, 'resume', 'let paused schedules run again');
  const trigger = controlVerb(schedules, 'trigger', 'run the last interval that has ended, now');
  for (const each of [up, list, pause, resume, trigger]) withServer(withJson(withProject(each)));
  addAudit(schedules);
}

function verb(schedules: Command, usage: string, description: string): Command {
  return schedules
    .command(usage)
    .description(description)
    .option('--params <k=v,…>', 'runtime params for the holes of temporal.yml; or @file.json');
}

function controlVerb(schedules: Command, control: Control, description: string): Command {
  const command = verb(schedules, `${control} [schedules...]`, description)
    .option('--all', 'all of this project')
    .addHelpText('after', `\nExample:\n  $ kedro-temporal schedules ${control} weather`);
  if (control !== 'trigger') command.option('--note <text>', 'why, for others to read');
  return command.action((ids: string[], flags: ControlFlags) => controlAll(control, ids, flags));
}

async function upgrade(flags: Flags & { prune?: boolean; dryRun?: boolean }): Promise<void> {
  const { applySchedules, diffSchedules } = await import('../../client/index.ts');
  const jobs = await jobsOf(flags);
  await onServer(flags, async (client, own) => {
    const options = { ...own, prune: flags.prune === true };
    const changes = await diffSchedules(client, jobs.schedules, options);
    if (!flags.json) print(changesText(changes));
    const isDue = changes.some(({ change }) => change === 'created' || change === 'changed' || change === 'deleted');
    const applied = isDue && !flags.dryRun;
    if (applied) await applySchedules(client, jobs.schedules, options);
    if (flags.json) printJson({ changes, applied });
    else say(isDue ? (applied ? 'Done.' : 'Nothing was changed: this was a dry run.') : 'Nothing to change.');
  });
}

async function showAll(flags: Flags): Promise<void> {
  const { listSchedules } = await import('../../client/index.ts');
  await onServer(flags, async (client, own) => {
    const schedules = await listSchedules(client, own);
    if (flags.json) printJson({ schedules });
    else print(schedules.length === 0 ? 'The server has no schedules of this project.' : statusText(schedules));
  });
}

type ControlFlags = Flags & { all?: boolean; note?: string };

async function controlAll(control: Control, given: readonly string[], flags: ControlFlags): Promise<void> {
  if ((given.length === 0) !== (flags.all === true)) {
    throw new PipelineError('REQUEST_INVALID', `Name the schedules to ${control}, or say --all.`);
  }
  const { listSchedules, scheduleControls } = await import('../../client/index.ts');
  await onServer(flags, async (client, own) => {
    const ids = flags.all ? (await listSchedules(client, own)).map(({ id }) => id) : given;
    const controls = ids.map((id) => scheduleControls(client, id, own));
    // All of them are known before the first is touched.
    for (const each of controls) await each.describe();
    for (const each of controls) await act(each, control, flags.note);
    const schedules = await Promise.all(controls.map((each) => each.describe()));
    if (flags.json) printJson({ schedules });
    else print(statusText(schedules));
  });
}

async function act(controls: ScheduleControls, control: Control, note: string | undefined): Promise<void> {
  if (control === 'trigger') await controls.trigger();
  else await controls[control](note);
}

async function jobsOf(flags: Flags): Promise<ProjectJobs> {
  const { readJobs } = await import('../../jobs/index.ts');
  return await readJobs({ ...placeOf(flags), params: await parseParams(flags.params) });
}

async function onServer(given: Flags, work: (client: Client, own: SchedulesOptions) => Promise<void>): Promise<void> {
  const flags = await settleServer(given);
  const { client, close } = await connectClient(flags);
  try {
    await work(client, { taskQueue: flags.taskQueue });
  } finally {
    await close();
  }
}

function changesText(changes: readonly ScheduleChange[]): string {
  if (changes.length === 0) return 'temporal.yml has no schedules, and the server has none of this project.';
  const rows = changes.flatMap(({ id, change, by, fields }) => {
    const word = change === 'orphaned' ? 'not in the file; --prune deletes it' : change;
    const why = by === 'server' ? `${word} (on the server; put back)` : word;
    const [first = ['', '', ''], ...more] = fields.map(fieldRow);
    return [[id, why, ...first], ...more.map((row) => ['', '', ...row])];
  });
  return table(['schedule', 'change', 'field', 'server', 'file'], rows);
}

function fieldRow({ field, server, file }: FieldChange): string[] {
  return [field, shown(server), shown(file)];
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

function statusText(schedules: readonly ScheduleStatus[]): string {
  const rows = schedules.map(({ id, job, every, timeZone, paused, note, next, recent, running }) => [
    id,
    job,
    `${every}, ${timeZone}`,
    paused ? styled('yellow', 'paused', process.stdout) : (next[0] ?? 'none'),
    recent[0]?.at ?? '',
    running.length,
    note,
  ]);
  return table(['schedule', 'job', 'every', 'next', 'last', 'running', 'note'], rows, [5]);
}
