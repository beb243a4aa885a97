import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { messageOf } from '../core/index.ts';
import { ownFrames } from './own-frames.ts';
import { say, styled } from './terminal.ts';

const SAY_AGAIN_MS = 10_000;

/** A worker's log for a person: a failed attempt is one line, and the stack of what a node threw; warnings are short. */
export function workerLog(): Logger {
  let saidAt = 0;
  return new DefaultLogger('WARN', ({ message, level, meta }: LogEntry) => {
    // One for each call that is tried again, many a second.
    if (/retried|retrying/i.test(message) && meta?.workflowId === undefined) {
      if (Date.now() - saidAt > SAY_AGAIN_MS) say(styled('yellow', 'The server does not answer; trying again.'));
      saidAt = Date.now();
      return;
    }
    // The attempt has said why already; the worker of the own task queue has no workflows on purpose.
    if (message === 'Workflow failed' || message.startsWith('No workflows registered')) return;
    const { error, workflowId, attempt } = meta ?? {};
    const who = workflowId === undefined ? '' : ` ${workflowId}`;
    const which = typeof attempt === 'number' && attempt > 1 ? styled('dim', ` (attempt ${attempt})`) : '';
    const why = error === undefined ? '' : `: ${codeOf(error)}${messageOf(error)}`;
    say(`${styled(level === 'ERROR' ? 'red' : 'yellow', shortened(message))}${who}${which}${why}${stackOf(error)}`);
  });
}

function shortened(message: string): string {
  return message === 'Activity failed' ? 'failed' : message;
}

function codeOf(error: unknown): string {
  const type = (error as { type?: unknown } | null)?.type;
  return typeof type === 'string' ? `${type} ` : '';
}

function stackOf(error: unknown): string {
  return ownFrames(error)
    .map((frame) => styled('dim', `\n${frame}`))
    .join('');
}
