/**
 * Schedules of a project on a server: what differs from its file, applied on request.
 *
 * 1. A schedule is ours when its memo names us as its owner; nothing else is ever changed or deleted.
 * 2. A pause and a note belong to people: they are set when a schedule is created, and kept from then on.
 */
import { type Client, type ScheduleDescription, ScheduleNotFoundError, type ScheduleSummary } from '@temporalio/client';
import { type JsonObject, PipelineError, suggestion } from '../core/index.ts';
import type { ScheduleDefinition } from '../jobs/index.ts';
import { hashJson } from '../planner/index.ts';
import {
  differences,
  type FieldChange,
  fileView,
  HASH_MEMO,
  OWNER_MEMO,
  optionsOf,
  serverView,
} from './schedule-views.ts';

/** Schedules by id, as `readJobs` returns them. */
export type ScheduleDefinitions = Readonly<Record<string, ScheduleDefinition>>;

/** Whose schedules. */
export interface SchedulesOptions {
  /** Where the workers of the project listen. */
  taskQueue: string;
  /** Who owns them; `prune` deletes no other's. Default: the task queue. */
  owner?: string;
  /** Whether ours that the file does not have any more are deleted. Default: false. */
  prune?: boolean;
}

/** What is, or was, to do about one schedule. */
export interface ScheduleChange {
  id: string;
  job: string;
  /** `orphaned`: ours, not in the file any more, and left alone. */
  change: 'created' | 'changed' | 'unchanged' | 'deleted' | 'orphaned';
  fields: FieldChange[];
  /** For one that changed: whether the file did, or somebody has changed the schedule on the server. */
  by?: 'file' | 'server';
}

/** A schedule of ours as it stands. Instants are ISO 8601, UTC. */
export interface ScheduleStatus {
  id: string;
  job: string;
  every: string;
  timeZone: string;
  paused: boolean;
  note: string;
  /** The next times, jitter included; empty while paused. */
  next: string[];
  /** The newest starts, newest first. */
  recent: { at: string; workflowId: string }[];
  /** Workflows that run now. */
  running: string[];
  /** Starts so far. */
  started: number;
  /** Starts that were missed because the server was away for longer than the catch-up window. */
  missed: number;
  /** Starts that the overlap policy left out. */
  skipped: number;
}

/** Compares the file with the server; changes nothing. Throws `JOB_INVALID` for an id that somebody else's schedule has. */
export async function diffSchedules(
  client: Client,
  definitions: ScheduleDefinitions,
  options: SchedulesOptions,
): Promise<ScheduleChange[]> {
  const owner = ownerOf(options);
  const changes = await Promise.all(
    Object.values(definitions).map((definition) => changeOf(client, definition, options.taskQueue, owner)),
  );
  for (const { id, job } of await listOwn(client, owner)) {
    if (Object.hasOwn(definitions, id)) continue;
    changes.push({ id, job, change: options.prune === true ? 'deleted' : 'orphaned', fields: [] });
  }
  return changes;
}

/** Makes the server's schedules what the file says, and returns what it did. Throws as {@link diffSchedules}. */
export async function applySchedules(
  client: Client,
  definitions: ScheduleDefinitions,
  options: SchedulesOptions,
): Promise<ScheduleChange[]> {
  const changes = await diffSchedules(client, definitions, options);
  for (const { id, change } of changes) {
    const definition = definitions[id];
    if (change === 'deleted') await client.schedule.getHandle(id).delete();
    if (definition === undefined) continue;
    if (change === 'created') await create(client, definition, options);
    if (change === 'changed') await update(client, definition, options.taskQueue);
  }
  return changes;
}

/** Our schedules, by id. */
export async function listSchedules(client: Client, options: SchedulesOptions): Promise<ScheduleStatus[]> {
  const own = await listOwn(client, ownerOf(options));
  return own.map(({ description }) => statusOf(description)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** One schedule of ours, and how to control it. Each call throws `JOB_NOT_FOUND` for an id that is none of ours. */
export interface ScheduleControls {
  describe(): Promise<ScheduleStatus>;
  /** Starts nothing until `resume`; what runs goes on. */
  pause(note?: string): Promise<void>;
  resume(note?: string): Promise<void>;
  /** Runs the last interval that has ended, now; joins its run when it is going on or has succeeded. */
  trigger(): Promise<void>;
}

/** Controls of the schedule `id`. */
export function scheduleControls(client: Client, id: string, options: SchedulesOptions): ScheduleControls {
  const handle = client.schedule.getHandle(id);
  const owned = async () => {
    const description = await describeOwn(client, id, ownerOf(options));
    if (description !== undefined) return description;
    const known = (await listOwn(client, ownerOf(options))).map((each) => each.id);
    throw new PipelineError(
      'JOB_NOT_FOUND',
      `The server has no schedule "${id}" of this project.${suggestion(id, known)}`,
      {
        details: { schedule: id },
      },
    );
  };
  const after = async (call: () => Promise<void>) => {
    await owned();
    await call();
  };
  return {
    describe: async () => statusOf(await owned()),
    pause: (note) => after(() => handle.pause(note ?? 'Paused by hand.')),
    resume: (note) => after(() => handle.unpause(note ?? 'Resumed by hand.')),
    trigger: () => after(() => handle.trigger()),
  };
}

function ownerOf({ owner, taskQueue }: SchedulesOptions): string {
  return owner ?? taskQueue;
}

async function changeOf(
  client: Client,
  definition: ScheduleDefinition,
  taskQueue: string,
  owner: string,
): Promise<ScheduleChange> {
  const { id, job } = definition;
  const description = await describe(client, id);
  if (description === undefined) return { id, job: job.name, change: 'created', fields: [] };
  if (description.memo?.[OWNER_MEMO] !== owner) throw taken(id, description);
  const view = fileView(definition, taskQueue);
  const fields = differences(serverView(description), view);
  if (fields.length === 0) return { id, job: job.name, change: 'unchanged', fields };
  const isSameFile = description.action.memo?.[HASH_MEMO] === hashJson(view);
  return { id, job: job.name, change: 'changed', fields, by: isSameFile ? 'server' : 'file' };
}

function taken(id: string, { memo }: ScheduleDescription): PipelineError {
  const owner = memo?.[OWNER_MEMO];
  const whose = typeof owner === 'string' ? `belongs to "${owner}"` : 'is not one of kedro-temporal’s';
  return new PipelineError(
    'JOB_INVALID',
    `The schedule "${id}" on the server ${whose}. Give this one another "id" in temporal.yml, or delete that one first.`,
    { details: { schedule: id } },
  );
}

async function create(client: Client, definition: ScheduleDefinition, options: SchedulesOptions): Promise<void> {
  const { id, paused, note } = definition;
  await client.schedule.create({
    ...optionsOf(definition, options.taskQueue),
    scheduleId: id,
    memo: { [OWNER_MEMO]: ownerOf(options) },
    state: { paused, ...(note === undefined ? {} : { note }) },
  });
}

async function update(client: Client, definition: ScheduleDefinition, taskQueue: string): Promise<void> {
  await client.schedule.getHandle(definition.id).update(({ state, typedSearchAttributes }) => ({
    ...optionsOf(definition, taskQueue),
    state,
    typedSearchAttributes,
  }));
}

interface OwnSchedule {
  id: string;
  job: string;
  description: ScheduleDescription;
}

// A list may be behind: each is asked for by its id before anything is made of it.
async function listOwn(client: Client, owner: string): Promise<OwnSchedule[]> {
  const listed: ScheduleSummary[] = [];
  for await (const summary of client.schedule.list()) {
    if (summary.memo?.[OWNER_MEMO] === owner) listed.push(summary);
  }
  const described = await Promise.all(listed.map(({ scheduleId }) => describeOwn(client, scheduleId, owner)));
  return described.flatMap((description) => {
    if (description === undefined) return [];
    return [{ id: description.scheduleId, job: jobNameOf(description), description }];
  });
}

async function describeOwn(client: Client, id: string, owner: string): Promise<ScheduleDescription | undefined> {
  const description = await describe(client, id);
  return description?.memo?.[OWNER_MEMO] === owner ? description : undefined;
}

async function describe(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function jobNameOf(description: ScheduleDescription): string {
  const { job } = serverView(description);
  const name = (job as JsonObject | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

function statusOf(description: ScheduleDescription): ScheduleStatus {
  const { scheduleId, state, info } = description;
  const rule = (serverView(description).job as JsonObject | undefined)?.rule as JsonObject | undefined;
  return {
    id: scheduleId,
    job: jobNameOf(description),
    every: String(rule?.every ?? ''),
    timeZone: String(rule?.timeZone ?? 'UTC'),
    paused: state.paused,
    note: state.note ?? '',
    next: state.paused ? [] : info.nextActionTimes.map((time) => time.toISOString()),
    recent: info.recentActions
      .map(({ takenAt, action }) => ({ at: takenAt.toISOString(), workflowId: action.workflow.workflowId }))
      .reverse(),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    started: info.numActionsTaken,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
}
