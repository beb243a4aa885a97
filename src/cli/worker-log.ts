import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { messageOf } from '../core/index.ts';
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
    // The attempt has said why already.
    if (message === 'Workflow failed') return;
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

// Frames of the node's own code; where the SDK and this package called it from helps nobody.
function stackOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || cause.stack === undefined) return '';
  const frames = cause.stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:internal/.test(line));
  return frames.length === 0 ? '' : styled('dim', `\n${frames.slice(0, 5).join('\n')}`);
}
