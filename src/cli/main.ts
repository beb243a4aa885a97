#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { isPipelineError, messageOf } from '../core/index.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { Interrupted } from './interrupt.ts';
import { errorText, printJson, say } from './terminal.ts';
import { addBackfill } from './verbs/backfill/index.ts';
import { addConfig } from './verbs/config.ts';
import { addDescribe } from './verbs/describe.ts';
import { addDev } from './verbs/dev.ts';
import { addIntervals } from './verbs/intervals.ts';
import { addPreload } from './verbs/preload.ts';
import { addRelease } from './verbs/release.ts';
import { addRun } from './verbs/run.ts';
import { addSchedules } from './verbs/schedules.ts';
import { addSweep } from './verbs/sweep/index.ts';
import { addWorker } from './verbs/worker.ts';
import { addWorkers } from './verbs/workers.ts';

// Who reads the output may have seen enough: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});

const { version } = createRequire(import.meta.url)('kedro-temporal/package.json') as { version: string };

const program = new Command('kedro-temporal')
  .description('Kedro-style data pipelines as durable Temporal tasks, from a warm session.')
  .version(version)
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride();

addDescribe(program);
addConfig(program);
addRun(program);
addBackfill(program);
addIntervals(program);
addSchedules(program);
addSweep(program);
addWorker(program);
addWorkers(program);
addPreload(program);
addRelease(program);
addDev(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  // Calls that nobody waits for any more must not keep it alive.
  if (error instanceof Interrupted) process.exit();
}

function report(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.detached;
  // Commander has said its own message by then; help is no error.
  if (isCommanderError(error)) {
    if (error.exitCode === 0) return EXIT.done;
    reportJson('REQUEST_INVALID', error.message.replace(/^error: /, ''));
    return EXIT.wrongInput;
  }
  reportJson(isPipelineError(error) ? error.code : 'UNEXPECTED', messageOf(error));
  say(errorText(error));
  return exitCodeOf(error);
}

function reportJson(code: string, message: string): void {
  if (process.argv.includes('--json')) printJson({ error: { code, message } });
}

function isCommanderError(error: unknown): error is Error & { exitCode: number } {
  return error instanceof Error && error.constructor.name === 'CommanderError';
}
