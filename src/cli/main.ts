#!/usr/bin/env node
import { isPipelineError, messageOf } from '../core/index.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { Interrupted } from './interrupt.ts';
import { argumentsOf, createProgram } from './program.ts';
import { errorText, printJson, say } from './terminal.ts';

// Who reads the output may have seen enough: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});

try {
  await createProgram().parseAsync(argumentsOf(process.argv.slice(2)), { from: 'user' });
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
