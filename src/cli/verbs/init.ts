import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { PipelineError } from '../../core/index.ts';
import { withJson } from '../flags.ts';
import { type FilePlan, writeFiles } from '../init/files.ts';
import { kedroProject } from '../init/kedro-project.ts';
import { nativeProject } from '../init/native-project.ts';
import { fileJson, initText, line, nextSteps } from '../init/view.ts';
import { Interrupted } from '../interrupt.ts';
import { isKedroProject } from '../session.ts';
import { print, printJson } from '../terminal.ts';

interface InitFlags {
  native?: boolean;
  kedro?: boolean;
  name?: string;
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

type Kind = 'native' | 'kedro';

/** `init`: adds what a Kedro project needs to run durably, or starts a TypeScript project. */
export function initVerb(command: Command): void {
  command
    .description('add a job, a worker file and scripts to a Kedro project, or start a TypeScript project')
    .argument('[folder]', 'the project: a Kedro project, or an empty or new folder', '.')
    .addOption(
      new Option('--native', 'a TypeScript project (the default where there is no Kedro project)').conflicts('kedro'),
    )
    .option('--kedro', 'a Kedro project (the default where there is one)')
    .option('--name <name>', 'of a new package.json (default: the folder’s)')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say what would be written, write nothing')
    .addHelpText(
      'after',
      '\nNo file of yours is overwritten.\n\nExample:\n  $ npx kedro-temporal init shop\n  $ npx kedro-temporal init --kedro --yes',
    )
    .action(init);
  withJson(command);
}

async function init(where: string, flags: InitFlags): Promise<void> {
  const folder = path.resolve(where);
  const kind = await kindOf(folder, flags);
  const isAsked = !flags.yes && !flags.dryRun && !flags.json && process.stdin.isTTY && process.stderr.isTTY;
  const given = checkedName(flags.name ?? nameOf(folder));
  const name = isAsked && kind === 'native' && flags.name === undefined ? await askName(given) : given;
  const plans = kind === 'kedro' ? await kedroProject(folder, name) : await nativeProject(folder, name);
  if (isAsked && !(await isConfirmed(folder, kind, plans))) throw new Interrupted();
  if (!flags.dryRun) await writeFiles(folder, plans);
  const next = nextSteps(where, kind);
  if (flags.json) printJson({ kind, project: folder, dryRun: flags.dryRun === true, files: plans.map(fileJson), next });
  else print(initText(folder, plans, next, flags.dryRun === true));
}

async function kindOf(folder: string, { native, kedro }: InitFlags): Promise<Kind> {
  const isKedro = await isKedroProject(folder);
  if (kedro && !isKedro) {
    throw refused(
      folder,
      'is no Kedro project: it has no pyproject.toml with [tool.kedro]. Make one with "kedro new", or say --native',
    );
  }
  if (native && isKedro) throw refused(folder, 'is a Kedro project. Leave --native out, or name another folder');
  if (isKedro) return 'kedro';
  await checkEmpty(folder);
  return 'native';
}

const HARMLESS = /^(\..*|package(-lock)?\.json|node_modules|README(\..*)?|LICEN[CS]E(\..*)?)$/i;

// A project of another kind is not to be mixed with ours.
async function checkEmpty(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  if (!(await stat(folder)).isDirectory()) throw refused(folder, 'is a file. Name a folder');
  if (existsSync(path.join(folder, 'conf')))
    throw refused(folder, 'has a conf/ already: it is a project. Name an empty folder');
  const odd = (await readdir(folder)).filter((name) => !HARMLESS.test(name));
  if (odd.length > 0) {
    const more = odd.length > 3 ? ', …' : '';
    throw refused(
      folder,
      `is neither a Kedro project nor empty (${odd.slice(0, 3).join(', ')}${more}). Name an empty or a new folder`,
    );
  }
}

function refused(folder: string, why: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', `${folder} ${why}.`, { details: { project: folder } });
}

function nameOf(folder: string): string {
  return (
    path
      .basename(folder)
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+/, '') || 'project'
  );
}

function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]*$/.test(name)) return name;
  throw new PipelineError(
    'REQUEST_INVALID',
    `"${name}" is no name for a package: lower-case letters, digits, "-", "." and "_".`,
  );
}

async function askName(initialValue: string): Promise<string> {
  const { isCancel, text: ask } = await import('@clack/prompts');
  const validate = (value: string | undefined) =>
    /^[a-z0-9][a-z0-9._-]*$/.test(value || initialValue) ? undefined : 'Lower-case letters, digits, "-", "." and "_".';
  const name = await ask({ message: 'Name of the project', initialValue, validate, output: process.stderr });
  if (isCancel(name)) throw new Interrupted();
  return name;
}

async function isConfirmed(folder: string, kind: Kind, plans: readonly FilePlan[]): Promise<boolean> {
  const { confirm, isCancel, note } = await import('@clack/prompts');
  const what = kind === 'kedro' ? 'Add to the Kedro project' : 'Start a TypeScript project in';
  note(plans.map(line).join('\n'), `${what} ${folder}`, { output: process.stderr });
  const answer = await confirm({ message: 'Write these files?', output: process.stderr });
  return !isCancel(answer) && answer;
}
