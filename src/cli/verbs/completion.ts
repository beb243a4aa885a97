import { Argument, type Command } from 'commander';
import { completionScript, suggest } from '../completion.ts';
import { programFor } from '../program.ts';

const HOW = `
For as long as the shell runs:
  bash, zsh:  source <(kedro-temporal completion bash)
  fish:       kedro-temporal completion fish | source
For good, put that line into ~/.bashrc or ~/.zshrc; for fish, write what it
prints into ~/.config/fish/completions/kedro-temporal.fish.
"kedro-temporal" must be on the PATH: PATH=$PWD/node_modules/.bin:$PATH, or
npm install -g kedro-temporal.

Example:
  $ source <(kedro-temporal completion bash)`;

/** `completion`: the script that makes a shell complete verbs, flags, and names of the project. */
export function completionVerb(command: Command): void {
  command
    .description('print the script that makes a shell complete verbs, flags, and names of pipelines, jobs and datasets')
    .addArgument(new Argument('<shell>', 'whose').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('after', HOW)
    .action((shell: string) => completionScript(shell, 'kedro-temporal'));
}

/** `complete`: what that script asks. */
export function completeVerb(command: Command): void {
  command
    .description('print what could come next, for the script of "completion"')
    .argument('[words...]', 'what has been typed')
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  $ kedro-temporal complete -- backfill --job ""')
    .action(async (words: string[]) => {
      await suggest(await programFor(words[0]), words);
    });
}
