import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { isPipelineError, type JsonObject, type NodeDescription, type ProjectDescription } from '../../core/index.ts';
import { withJson, withProject } from '../flags.ts';
import { openSession, type ProjectFlags, placeOf } from '../session.ts';
import { print, printJson, say, styled } from '../terminal.ts';

interface VizFlags extends ProjectFlags {
  output: string;
  pipeline?: string;
  json?: boolean;
}

/** `viz`: the project as files that `kedro viz run --load-file` shows. */
export function vizVerb(command: Command): void {
  command
    .description('write the pipelines of a project for kedro-viz to show; reads no data')
    .option('-o, --output <folder>', 'where to: a new folder, or an earlier export, which is replaced', 'kedro-viz')
    .option('--pipeline <name>', 'only this pipeline (default: all)')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal viz --project examples/weather --output kedro-viz\n  $ kedro viz run --load-file kedro-viz',
    )
    .action(writeFiles);
  withJson(withProject(command));
}

async function writeFiles(flags: VizFlags): Promise<void> {
  const project = await described(flags);
  const { vizFiles, writeViz } = await import('../../viz/index.ts');
  const made = vizFiles(project, {
    parameters: await parametersOf(flags, project),
    codeOf: (node) => codeOf(node, project.project),
    ...(flags.pipeline === undefined ? {} : { pipeline: flags.pipeline }),
  });
  await writeViz(flags.output, made.files);
  // kedro-viz puts the folder that it is called in before what it is given.
  const open = `kedro viz run --load-file ${path.relative('.', flags.output) || '.'}`;
  for (const [name, { message }] of Object.entries(made.leftOut)) {
    say(`${styled('yellow', 'left out:')} ${name}: ${message}`);
  }
  if (flags.json) {
    const { pipelines, leftOut, nodes } = made;
    printJson({ output: path.resolve(flags.output), pipelines, left_out: leftOut, nodes, open });
    return;
  }
  const many = made.pipelines.length === 1 ? '1 pipeline' : `${made.pipelines.length} pipelines`;
  print(`${flags.output}: ${many} of ${made.nodes} nodes, datasets and parameters. To see it:`);
  print(`  ${open}`);
}

async function described(flags: ProjectFlags): Promise<ProjectDescription> {
  await using session = await openSession(flags);
  return await session.describe();
}

/** Values as configured; those that wait for runtime params or cannot be filled are left out. */
async function parametersOf(flags: VizFlags, { project, env, parameters }: ProjectDescription): Promise<JsonObject> {
  const { readSettings } = await import('../../native/index.ts');
  const { fillParameters, readConfig } = await import('../../config/index.ts');
  const { configLoader = {}, resolvers } = await readSettings(project);
  const place = { ...placeOf(flags), project, env };
  const config = await readConfig({ ...configLoader, ...place, resolvers, groups: ['parameters', 'globals'] });
  const values: JsonObject = {};
  for (const key of new Set(parameters.map((name) => name.split('.', 1)[0] ?? name))) {
    try {
      Object.assign(values, fillParameters(config, {}, new Set([key])));
    } catch (error) {
      if (!isPipelineError(error)) throw error;
    }
  }
  return values;
}

function codeOf({ source }: NodeDescription, project: string): string | undefined {
  if (source === undefined) return undefined;
  const lines = readFileSync(path.join(project, source.filepath), 'utf8').split('\n');
  return `${lines.slice(source.lineStart - 1, source.lineEnd).join('\n')}\n`;
}
