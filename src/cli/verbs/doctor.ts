import { type Command, Help } from 'commander';
import type { Check } from '../doctor/check.ts';
import { EXIT } from '../exit-codes.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import type { ServerFlags } from '../server.ts';
import { type ProjectFlags, placeOf } from '../session.ts';
import { print, printJson, styled } from '../terminal.ts';

type Flags = ProjectFlags & ServerFlags & { json?: boolean };

/** `doctor`: is everything there that a run needs, and what to type where it is not. */
export function doctorVerb(command: Command): void {
  command
    .description(
      'look at Node, packages, Python, the project, the server and its workers, and say what to type; exit 1 where something is broken',
    )
    .addHelpText('after', '\nExample:\n  $ kedro-temporal doctor --project examples/weather')
    .action(examine);
  withServer(withJson(withProject(command)));
}

async function examine(flags: Flags): Promise<void> {
  const checks: Check[] = [];
  for (const each of [packages, project, server]) {
    const found = await each(flags);
    checks.push(...found);
    // One after the other, as they are found: opening a project takes a moment.
    if (!flags.json) for (const check of found) print(text(check));
  }
  const count = (state: Check['state']) => checks.filter((check) => check.state === state).length;
  const [warnings, failures] = [count('warn'), count('fail')];
  if (flags.json) printJson({ checks, ok: count('ok'), warnings, failures });
  else print(`\n${summary(warnings, failures)}`);
  if (failures > 0) process.exitCode = EXIT.runFailed;
}

async function packages(flags: Flags): Promise<Check[]> {
  const { checkPackages } = await import('../doctor/packages.ts');
  return checkPackages(placeOf(flags).project);
}

async function project(flags: Flags): Promise<Check[]> {
  const { checkProject } = await import('../doctor/project.ts');
  return await checkProject(flags);
}

async function server(flags: Flags): Promise<Check[]> {
  const { checkServer } = await import('../doctor/server.ts');
  return await checkServer(flags);
}

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const satisfies Record<Check['state'], string>;
const NAME_WIDTH = 14;
const INDENT = 'fail  '.length + NAME_WIDTH;

function text({ name, state, says, mend }: Check): string {
  const head = `${styled(STYLES[state], state.padEnd(4), process.stdout)}  ${name.padEnd(NAME_WIDTH)}`;
  const rest = mend === undefined ? [] : [`${' '.repeat(INDENT)}${styled('bold', '→', process.stdout)} ${mend}`];
  return [`${head}${beside(says)}`, ...rest].join('\n');
}

// Beside its name, also where it takes several lines; a pipe gets it in one.
function beside(says: string): string {
  const { isTTY, columns = 80 } = process.stdout;
  return isTTY
    ? new Help().boxWrap(says, columns - INDENT).replaceAll('\n', `\n${' '.repeat(INDENT)}`)
    : says.replaceAll('\n', ' ');
}

function summary(warnings: number, failures: number): string {
  if (failures > 0)
    return styled('red', `${failures} ${failures === 1 ? 'thing is' : 'things are'} broken.`, process.stdout);
  if (warnings > 0) return `Nothing is broken; ${warnings} ${warnings === 1 ? 'thing' : 'things'} to look at.`;
  return styled('green', 'All is well.', process.stdout);
}
