import { createRequire } from 'node:module';
import { Command } from 'commander';
import { VERBS } from './verbs/index.ts';

/** The command line's tree, with its first branches only: what a verb takes and does is loaded when it is called. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)('kedro-temporal/package.json') as { version: string };
  const program = new Command('kedro-temporal')
    .description('Kedro-style data pipelines as durable Temporal tasks, from a warm session.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help, of a verb too')
    .helpCommand(false)
    .showHelpAfterError('(add --help for what there is)')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal run --help')
    .exitOverride();
  const loads = new Map<Command, () => Promise<void>>();
  for (const [heading, verbs] of Object.entries(VERBS)) {
    for (const { name, summary, load, hidden = false } of verbs) {
      const verb = program.command(name, { hidden }).summary(summary).helpGroup(heading);
      loads.set(verb, async () => (await load())(verb));
    }
  }
  program.hook('preSubcommand', async (_, verb) => {
    await loads.get(verb)?.();
    loads.delete(verb);
  });
  return program;
}

/** The same with the branches of one verb, or of all. */
export async function programFor(verb: string | undefined, all = false): Promise<Command> {
  const program = createProgram();
  for (const { name, load } of Object.values(VERBS).flat()) {
    const command = program.commands.find((each) => each.name() === name);
    if (command !== undefined && (all || name === verb)) (await load())(command);
  }
  return program;
}

/** Arguments as commander takes them: Kedro's short flags of two letters, and `help VERB`. */
export function argumentsOf(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  if (first === 'help') return [...rest, '--help'];
  return argv.map((each) => KEDRO_SHORT[each] ?? each);
}

const KEDRO_SHORT: Readonly<Record<string, string>> = { '-lv': '--load-versions', '-ns': '--namespaces' };
