import type { Command } from 'commander';
import type { Broken, PipelineDescription, ProjectDescription } from '../../core/index.ts';
import { withJson, withProject } from '../flags.ts';
import { openSession, type ProjectFlags } from '../session.ts';
import { table } from '../table.ts';
import { print, printJson, styled } from '../terminal.ts';

/** `describe`: what the project can run, and what is broken. */
export function describeVerb(command: Command): void {
  command
    .description('show the pipelines, datasets and parameters of a project, and what is broken')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal describe --project examples/weather')
    .action(async (flags: ProjectFlags & { json?: boolean }) => {
      await using session = await openSession(flags);
      const description = await session.describe();
      if (flags.json) printJson(description);
      else print(text(description));
    });
  withJson(withProject(command));
}

function text({ project, env, pipelines, datasets, parameters }: ProjectDescription): string {
  const parts = [
    `${project} (env ${env})`,
    '',
    table(['pipeline', 'nodes', 'needs', 'makes'], Object.entries(pipelines).map(pipelineRow)),
  ];
  const rows = Object.entries(datasets).map(([name, each]) =>
    'error' in each ? [name, '', broken(each)] : [name, each.type, each.filepath ?? ''],
  );
  if (rows.length > 0) parts.push('', table(['dataset', 'type', 'filepath'], rows));
  if (parameters.length > 0) parts.push('', `parameters: ${parameters.join(', ')}`);
  return parts.join('\n');
}

function pipelineRow([name, each]: [string, PipelineDescription | Broken]): string[] {
  if ('error' in each) return [name, '', '', broken(each)];
  return [name, String(each.nodes.length), each.inputs.join(', '), each.outputs.join(', ')];
}

function broken({ error }: Broken): string {
  return styled('red', `${error.code}: ${error.message}`, process.stdout);
}
