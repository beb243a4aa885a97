/** A thread's side: its own warm session of the project, and answers to what it is asked. */
import type { MessagePort } from 'node:worker_threads';
import { type LiveRun, PipelineError } from '../../core/index.ts';
import { type NativeSession, openInline } from '../session.ts';
import { canCross, receiveError, sendError } from './crossing.ts';
import {
  CANCELLED,
  type CancelMessage,
  type EventMessage,
  HEARD,
  type HeardMessage,
  isPacedEvent,
  type Questions,
  type Reply,
  type RunAnswer,
  type RunQuestion,
  type Task,
} from './messages.ts';

interface Opened {
  readonly session: NativeSession;
  readonly port: MessagePort;
  readonly shared: Int32Array;
}

// One of each a thread: a thread serves one session, and whoever calls has no other way to keep them.
let opened: Opened | undefined;
const controls = new Map<number, AbortController>();

/** Answers; fails never. */
export async function answer(task: Task): Promise<Reply> {
  try {
    return { ok: await dispatch(task) };
  } catch (error) {
    return { failed: sendError(error) };
  }
}

async function dispatch(task: Task): Promise<unknown> {
  if (task.op === 'open') return await open(task);
  const { session } = theOpened();
  switch (task.op) {
    case 'describe':
      return await session.describe(task.options);
    case 'preload':
      session.forget(task.stale);
      return await calledOff(task.id, (signal) => session.preload(task.artifacts, { ...task.options, signal }));
    case 'run':
      session.forget(task.stale);
      return await calledOff(task.id, (signal, control) => run(task, signal, control));
    case 'outputs':
      return await session.checkOutputs(task.request);
    case 'release':
      return await session.releaseCache(task.artifacts);
    case 'close':
      await session.close();
      return true;
    default: {
      const never: never = task;
      return never;
    }
  }
}

async function open({ options, hasSiblings, port, shared }: Questions['open']['ask']): Promise<true> {
  opened = { session: await openInline(options, hasSiblings), port, shared };
  port.on('message', ({ id, reason }: CancelMessage) => {
    port.postMessage({ id } satisfies HeardMessage);
    controls.get(id)?.abort(receiveError(reason));
  });
  // A thread that is not asked anything must not keep the process.
  port.unref();
  return true;
}

function theOpened(): Opened {
  if (opened === undefined) throw new PipelineError('SESSION_CLOSED', 'The thread has no session.');
  return opened;
}

async function calledOff<T>(id: number, work: (signal: AbortSignal, control: AbortController) => Promise<T>) {
  const control = new AbortController();
  controls.set(id, control);
  try {
    return await work(control.signal, control);
  } finally {
    controls.delete(id);
  }
}

async function run(asked: RunQuestion, signal: AbortSignal, control: AbortController): Promise<RunAnswer> {
  const { session } = theOpened();
  const results = asked.hasResults ? new CrossingResults(asked.request.outputs) : undefined;
  const live: LiveRun = {
    signal,
    onEvent: eventSender(asked, control),
    ...(asked.data === undefined ? {} : { data: asked.data }),
    ...(asked.resume === undefined ? {} : { resume: asked.resume }),
    ...(results === undefined ? {} : { results }),
  };
  const report = await session.run(asked.request, live);
  return { report, results: [...(results ?? [])] };
}

function eventSender(
  { id, hasEvents, isPaced }: RunQuestion,
  control: AbortController,
): NonNullable<LiveRun['onEvent']> {
  const { port, shared } = theOpened();
  let sent = 0;
  return (event) => {
    if (hasEvents || event.type === 'dataset-saved') port.postMessage({ id, event } satisfies EventMessage);
    if (isPaced && isPacedEvent(event)) {
      sent++;
      // The thread has nothing else to do: it waits where it stands, as a call in one thread would.
      for (let heard = Atomics.load(shared, HEARD); heard < sent; heard = Atomics.load(shared, HEARD)) {
        Atomics.wait(shared, HEARD, heard);
      }
    }
    // Nodes that never wait leave no room for the message that says so.
    if (Atomics.load(shared, CANCELLED) === id) control.abort();
  };
}

/** Takes what can cross; refuses a value that was asked for by name and cannot. */
class CrossingResults extends Map<string, unknown> {
  readonly #named: readonly string[];

  constructor(named: readonly string[] = []) {
    super();
    this.#named = named;
  }

  override set(name: string, value: unknown): this {
    if (canCross(value)) return super.set(name, value);
    if (!this.#named.includes(name)) return this;
    throw new PipelineError(
      'OUTPUT_NOT_JSON',
      `Output "${name}" cannot leave the thread of its run: it is, or holds, a function or an instance of a class; save it in the catalog, or run with isolation "inline".`,
      { details: { dataset: name } },
    );
  }
}
