/**
 * What a shell offers while a command is typed. The tree is commander's, the protocol and the shells' scripts are those of
 * @bomb.sh/tab; its adapter for commander would need every verb's module for each key, so its core is used: only the verb that is
 * being typed is loaded.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Complete, RootCommand } from '@bomb.sh/tab';
import type { Argument, Command, Option } from 'commander';

/** What names are of. */
type Kind = 'pipelines' | 'jobs' | 'datasets';

const OPTION_NAMES: Readonly<Record<string, Kind>> = {
  '--pipelines': 'pipelines',
  '--pipeline': 'pipelines',
  '--after': 'pipelines',
  '--job': 'jobs',
  '--preload': 'datasets',
  '--outputs': 'datasets',
  '--from-inputs': 'datasets',
  '--to-outputs': 'datasets',
};
const ARGUMENT_NAMES: Readonly<Record<string, Kind>> = {
  backfill: 'jobs',
  schedules: 'jobs',
  jobs: 'jobs',
  names: 'datasets',
};

// The script of bash expands what it is offered, `$(…)` too, and the names are those of any project that somebody cloned.
// Others are typed in full, in quotes.
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.:@#/,-]*$/u;

/** The script that makes `shell` ask `name complete -- …`. */
export async function completionScript(shell: string, name: string): Promise<void> {
  const { script } = await import('@bomb.sh/tab');
  script(shell, name, name);
}

/** Prints what could come next. `words`: what has been typed, the last one being the one at the cursor. */
export async function suggest(program: Command, words: readonly string[]): Promise<void> {
  const { default: root } = await import('@bomb.sh/tab');
  const names = await namesFor(program, words);
  const typed = words.at(-1) ?? '';
  // In a list only the last name is still being typed.
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const offer = (kind: Kind | undefined, choices: readonly string[]) => (complete: Complete) => {
    const all = kind === undefined ? choices : names.kind === kind ? names.found : [];
    for (const name of all.map((each) => `${before}${each}`)) if (PLAIN.test(name)) complete(name, '');
  };
  addTree(root, program, '', offer);
  root.parse([...words]);
}

type Offer = (kind: Kind | undefined, choices: readonly string[]) => (complete: Complete) => void;

function addTree(root: RootCommand, command: Command, prefix: string, offer: Offer): void {
  const help = command.createHelp();
  for (const each of help.visibleCommands(command)) {
    const name = `${prefix}${each.name()}`;
    const own = root.command(name, each.summary() || each.description());
    for (const option of help.visibleOptions(each)) addOption(own, option, offer);
    for (const argument of each.registeredArguments) {
      own.argument(argument.name(), offer(ARGUMENT_NAMES[argument.name()], choicesOf(argument)), argument.variadic);
    }
    addTree(root, each, `${name} `, offer);
  }
}

function addOption(own: ReturnType<RootCommand['command']>, option: Option, offer: Offer): void {
  const { long, short, description, required, optional } = option;
  if (long == null) return;
  const letter = short?.slice(1);
  if (!required && !optional) {
    own.option(long.slice(2), description, letter);
    return;
  }
  own.option(long.slice(2), description, offer(OPTION_NAMES[long], choicesOf(option)), letter);
}

function choicesOf({ argChoices = [] }: Option | Argument): readonly string[] {
  return argChoices;
}

interface Names {
  kind: Kind | undefined;
  found: readonly string[];
}

/** Names of the project at hand, of the kind that is being typed. A project that cannot be read has none. */
async function namesFor(program: Command, words: readonly string[]): Promise<Names> {
  const kind = kindAt(program, words);
  if (kind === undefined) return { kind, found: [] };
  const project = path.resolve(valueAfter(words, '-P', '--project') ?? '.');
  const env = valueAfter(words, '-e', '--env');
  const found = await readNames[kind](project, env).catch(() => []);
  return { kind, found };
}

function kindAt(program: Command, words: readonly string[]): Kind | undefined {
  const [typed = '', before = ''] = [words.at(-1), words.at(-2)];
  const joined = /^(--[\w-]+)=/.exec(typed)?.[1];
  const flag = joined ?? (before.startsWith('-') ? before : undefined);
  if (flag !== undefined) return OPTION_NAMES[flag === '-p' ? '--pipelines' : flag];
  if (typed.startsWith('-')) return undefined;
  const [argument] = commandAt(program, words).registeredArguments;
  return argument === undefined ? undefined : ARGUMENT_NAMES[argument.name()];
}

function commandAt(program: Command, words: readonly string[]): Command {
  let found = program;
  for (const word of words) found = found.commands.find((each) => each.name() === word) ?? found;
  return found;
}

function valueAfter(words: readonly string[], ...flags: string[]): string | undefined {
  const at = words.findIndex((word) => flags.includes(word));
  return at < 0 ? undefined : words[at + 1];
}

const readNames: Readonly<Record<Kind, (project: string, env: string | undefined) => Promise<readonly string[]>>> = {
  async pipelines(project) {
    const { kedroPipelines } = await import('./init/kedro-project.ts');
    if (existsSync(path.join(project, 'pyproject.toml'))) return await kedroPipelines(project);
    const files = await readdir(path.join(project, 'pipelines'));
    return files.map((file) => file.replace(/\.[cm]?[jt]s$/, '')).filter((name) => /^\w+$/.test(name));
  },
  async jobs(project, env) {
    const { readJobs } = await import('../jobs/index.ts');
    return Object.keys((await readJobs({ project, env })).jobs);
  },
  async datasets(project, env) {
    const { readConfig } = await import('../config/index.ts');
    const { catalogNames } = await readConfig({ project, ...(env && { env }), groups: ['catalog'] });
    return catalogNames.filter((name) => !name.includes('{'));
  },
};
