/**
 * A schedule as something flat that two sides can show: the file says it by a definition, the server by a description.
 * Where both show the same, there is nothing to change.
 */
import type { ScheduleDescription, ScheduleOptions, ScheduleSpec } from '@temporalio/client';
import type { Job, ScheduledRunInput } from '../../workflows/index.ts';
import { scheduleTimes } from '../calendar/index.ts';
import { isPlainObject, type JsonObject, type JsonValue } from '../core/index.ts';
import type { ScheduleDefinition } from '../jobs/index.ts';
import { hashJson } from '../planner/index.ts';
import { seconds, timesView } from './schedule-times.ts';

/** One thing that differs. */
export interface FieldChange {
  /** Dotted: `job.rule.every`, `jitter`. */
  field: string;
  /** Undefined where the server has none. */
  server?: JsonValue;
  /** Undefined where the file has none. */
  file?: JsonValue;
}

/** Memo of a schedule of ours: the owner. Set when it is created; a server cannot change it later. */
export const OWNER_MEMO = 'kedro-temporal.owner';

/** Memo of what it starts: the hash of the file's view when it was last applied. */
export const HASH_MEMO = 'kedro-temporal.schedule';

const WORKFLOW_TYPE = 'scheduledRun';

/** What a server is to be told. */
export function optionsOf(definition: ScheduleDefinition, taskQueue: string) {
  const { id, job, offsetMs, jitterMs, overlap, catchupWindowMs, pauseOnFailure } = definition;
  const input: ScheduledRunInput = { job, overlap, ...(offsetMs === 0 ? {} : { offsetMs }) };
  return {
    spec: specOf(definition, jitterMs),
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPE,
      // The server adds the scheduled time.
      workflowId: `${job.name}/scheduled/${id}`,
      taskQueue,
      args: [input],
      memo: { [HASH_MEMO]: hashJson(fileView(definition, taskQueue)) },
    },
    policies: { overlap, catchupWindow: catchupWindowMs, pauseOnFailure },
  } satisfies Omit<ScheduleOptions, 'scheduleId' | 'state'>;
}

/** The file's side. */
export function fileView(definition: ScheduleDefinition, taskQueue: string): JsonObject {
  const { job, offsetMs, jitterMs, overlap, catchupWindowMs, pauseOnFailure } = definition;
  return {
    ...timesView(specOf(definition, jitterMs)),
    overlap,
    catchup_window: seconds(catchupWindowMs),
    pause_on_failure: pauseOnFailure,
    offset: seconds(offsetMs),
    starts: WORKFLOW_TYPE,
    task_queue: taskQueue,
    job: jobView(job),
  };
}

/** The server's side. */
export function serverView({ spec, policies, action }: ScheduleDescription): JsonObject {
  const [input] = (action.args ?? []) as [Partial<ScheduledRunInput>?];
  return {
    ...timesView(spec),
    overlap: policies.overlap ?? 'SKIP',
    catchup_window: seconds(policies.catchupWindow),
    pause_on_failure: policies.pauseOnFailure,
    offset: seconds(input?.offsetMs ?? 0),
    starts: action.workflowType,
    task_queue: action.taskQueue,
    ...(input?.job === undefined ? {} : { job: jobView(input.job) }),
  };
}

/** Where the two sides differ, in the order of the file's fields. */
export function differences(server: JsonObject, file: JsonObject, above = ''): FieldChange[] {
  const keys = new Set([...Object.keys(file), ...Object.keys(server)]);
  return [...keys].flatMap((key): FieldChange[] => {
    const field = `${above}${key}`;
    const [before, after] = [server[key], file[key]];
    if (isPlainObject(before) && isPlainObject(after)) {
      return differences(before as JsonObject, after as JsonObject, `${field}.`);
    }
    if (before !== undefined && after !== undefined && hashJson(before) === hashJson(after)) return [];
    return [
      { field, ...(before === undefined ? {} : { server: before }), ...(after === undefined ? {} : { file: after }) },
    ];
  });
}

function specOf({ job, offsetMs }: ScheduleDefinition, jitterMs: number): ScheduleSpec {
  const times = job.rule === undefined ? {} : scheduleTimes(job.rule, { offsetMs });
  return { ...times, jitter: jitterMs };
}

// Parts by their name, so that a difference says which one.
function jobView({ parts, ...job }: Job): JsonObject {
  const view = { ...job, parts: Object.fromEntries(parts.map(({ name, ...part }) => [name, part])) };
  return JSON.parse(JSON.stringify(view)) as JsonObject;
}
