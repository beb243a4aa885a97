/** What workers answered, for a person and for the exit status. */

import type { Command } from 'commander';
import type { WorkersOptions } from '../client/index.ts';
import { type ErrorCode, PipelineError, type WorkerAnswer } from '../core/index.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { collectNames } from './params.ts';
import { table } from './table.ts';
import { print, printJson, styled } from './terminal.ts';

/** Flags that say which workers. */
export interface WorkersFlags {
  worker?: string[];
  all?: boolean;
}

/** `--worker`, `--all`. */
export function withWorkers(command: Command): Command {
  return command
    .option('--worker <ids>', 'only these workers, by identity, a,b; "any" for the first that answers', collectNames)
    .option('--all', 'all workers of the task queue (the default)');
}

/** Throws `REQUEST_INVALID` for flags that contradict each other. */
export function workersOf({ worker, all }: WorkersFlags): NonNullable<WorkersOptions['workers']> {
  if (worker !== undefined && all === true) {
    throw new PipelineError('REQUEST_INVALID', '--worker and --all contradict each other; give one of them.');
  }
  if (worker === undefined) return 'all';
  return worker.length === 1 && worker[0] === 'any' ? 'any' : worker;
}

/** Prints one row (or more) a worker, or all as JSON, and sets the exit status: 0 where each worker did what was asked. */
export function printAnswers<T>(
  answers: readonly WorkerAnswer<T>[],
  head: readonly string[],
  rowsOf: (answer: T) => string[][],
  asJson: boolean | undefined,
): void {
  if (asJson) printJson({ workers: answers });
  else
    print(
      table(
        ['worker', ...head],
        answers.flatMap((each) => rowsFor(each, rowsOf)),
      ),
    );
  process.exitCode = exitCodeFor(answers);
}

function rowsFor<T>(each: WorkerAnswer<T>, rowsOf: (answer: T) => string[][]): string[][] {
  if (each.state === 'done') return rowsOf(each.answer).map((row) => [each.worker, ...row]);
  const { code, message } = each.error;
  return [[each.worker, styled('red', `${each.state}: ${message} [${code}]`, process.stdout)]];
}

// A name that is wrong for one worker is wrong for all: the caller's mistake. One that fails alone is a failure.
function exitCodeFor(answers: readonly WorkerAnswer<unknown>[]): number {
  const codes = answers.flatMap((each): ErrorCode[] => (each.state === 'done' ? [] : [each.error.code]));
  if (codes.length === 0) return EXIT.done;
  const statuses = new Set(codes.map((code) => exitCodeOf(new PipelineError(code, ''))));
  return codes.length === answers.length && statuses.size === 1 && statuses.has(EXIT.wrongInput)
    ? EXIT.wrongInput
    : EXIT.runFailed;
}
