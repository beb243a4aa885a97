import type { Command } from 'commander';
import { factoryMatcher, isFactory } from '../../catalog/index.ts';
import {
  isPipelineError,
  type PipelineDescription,
  PipelineError,
  type ProjectDescription,
  suggestion,
} from '../../core/index.ts';
import { withJson, withProject } from '../flags.ts';
import { openSession, type ProjectFlags } from '../session.ts';
import { table } from '../table.ts';
import { print, printJson, styled } from '../terminal.ts';

type Flags = ProjectFlags & { pipeline?: string; json?: boolean };

/** A dataset as `catalog list` shows it. */
interface Listed {
  name: string;
  type: string;
  filepath?: string;
  versioned?: boolean;
  layer?: string;
  /** The pattern of the catalog that it comes from. */
  factory?: string;
  /** Whether the catalog has an entry for it; one without is in memory. */
  configured: boolean;
  error?: { code: string; message: string };
  /** Pipelines that need it, and that make it. */
  readBy: string[];
  madeBy: string[];
}

/** `catalog`: what datasets there are. */
export function catalogVerb(command: Command): void {
  command.description('look at the catalog');
  const list = command
    .command('list')
    .description('list datasets by type: where each is, and which pipelines read and make it')
    .option('--pipeline <name>', 'only the datasets of this pipeline')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal catalog list --project examples/weather --pipeline clean')
    .action(show);
  withJson(withProject(list));
}

async function show(flags: Flags): Promise<void> {
  await using session = await openSession(flags);
  const description = await session.describe();
  const { datasets, factories } = listed(description, flags.pipeline);
  if (flags.json) printJson({ project: description.project, env: description.env, datasets, factories });
  else print(text(datasets, factories));
}

/** Datasets by type and name, and the catalog's patterns. Throws `PIPELINE_NOT_FOUND`, and what is wrong with the pipeline. */
function listed(description: ProjectDescription, only: string | undefined) {
  const pipelines = wholePipelines(description, only);
  const all = Object.keys(description.datasets);
  const factories = all.filter(isFactory);
  const match = factoryMatcher(factories);
  const used = new Set(pipelines.flatMap(([, each]) => datasetsOf(each)));
  const names = only === undefined ? new Set([...all.filter((name) => !isFactory(name)), ...used]) : used;
  const datasets = [...names].map((name) => listedOne(description, match, pipelines, name));
  datasets.sort((a, b) => compare(a.type, b.type) || compare(a.name, b.name));
  return { datasets, factories };
}

type Matcher = ReturnType<typeof factoryMatcher>;
type Named = [string, PipelineDescription];

function wholePipelines({ pipelines }: ProjectDescription, only: string | undefined): Named[] {
  const all = Object.entries(pipelines);
  if (only === undefined)
    return all.flatMap(([name, each]): Named[] => ('error' in each || name === '__default__' ? [] : [[name, each]]));
  const found = pipelines[only];
  if (found === undefined) {
    const close = suggestion(only, Object.keys(pipelines));
    throw new PipelineError('PIPELINE_NOT_FOUND', `The project has no pipeline "${only}".${close}`);
  }
  if ('error' in found) throw new PipelineError('PIPELINE_BROKEN', found.error.message);
  return [[only, found]];
}

function datasetsOf({ nodes }: PipelineDescription): string[] {
  return nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).filter((name) => !isParameter(name));
}

function isParameter(name: string): boolean {
  return name === 'parameters' || name.startsWith('params:');
}

function listedOne(
  { datasets }: ProjectDescription,
  match: Matcher,
  pipelines: readonly Named[],
  name: string,
): Listed {
  const own = datasets[name];
  const { factory, error } = own === undefined ? factoryOf(name, match) : {};
  const entry = own ?? (error !== undefined ? { error } : factory !== undefined ? datasets[factory] : undefined);
  const use = {
    configured: entry !== undefined,
    readBy: usersOf(pipelines, name, 'inputs'),
    madeBy: usersOf(pipelines, name, 'outputs'),
    ...(factory === undefined ? {} : { factory }),
  };
  if (entry === undefined) return { name, type: 'MemoryDataset', ...use };
  if ('error' in entry) return { name, type: '', ...use, error: entry.error };
  return { name, ...entry, ...use };
}

/** Its pattern; or why nobody can tell, as for two that catch every name: the other datasets are shown all the same. */
function factoryOf(name: string, match: Matcher): { factory?: string; error?: NonNullable<Listed['error']> } {
  try {
    const found = match(name);
    return found === undefined ? {} : { factory: found.pattern };
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}

function usersOf(pipelines: readonly Named[], name: string, side: 'inputs' | 'outputs'): string[] {
  return pipelines.filter(([, { nodes }]) => nodes.some((node) => node[side].includes(name))).map(([each]) => each);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function text(datasets: readonly Listed[], factories: readonly string[]): string {
  if (datasets.length === 0) return 'The project has no datasets.';
  const types = [...new Set(datasets.map(({ type }) => type))];
  const rows = types.flatMap((type) => [
    [styled('bold', type || 'broken', process.stdout)],
    ...datasets.filter((each) => each.type === type).map((each) => [`  ${each.name}`, whereOf(each), usersText(each)]),
  ]);
  const parts = [table(['dataset, by type', 'where', 'pipelines'], rows)];
  if (factories.length > 0) parts.push(`patterns: ${factories.join(', ')}`);
  return parts.join('\n\n');
}

function whereOf({ filepath, versioned, factory, configured, error }: Listed): string {
  if (error !== undefined) return styled('red', `${error.code}: ${error.message}`, process.stdout);
  if (!configured) return 'in memory';
  const more = [...(versioned ? ['versioned'] : []), ...(factory === undefined ? [] : [`by ${factory}`])];
  return `${filepath ?? ''}${more.length === 0 ? '' : ` (${more.join(', ')})`}`.trim();
}

function usersText({ readBy, madeBy }: Listed): string {
  const made = madeBy.map((name) => `${name} makes`);
  const read = readBy.filter((name) => !madeBy.includes(name)).map((name) => `${name} reads`);
  return [...made, ...read].join(', ') || 'none';
}
