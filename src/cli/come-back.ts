/** Commands to type next, as a shell takes them. */
import type { ServerFlags } from './server.ts';
import type { ProjectFlags } from './session.ts';

/** How this command line is called. */
export const CALLED = 'npx kedro-temporal';

/** The command that was called, with `more` at its end and without these flags (which take no value). */
export function sameCommand(more: readonly string[] = [], without: readonly string[] = ['--detach', '--wait']): string {
  const said = process.argv.slice(2).filter((each) => !without.includes(each));
  return commandOf([...said, ...more]);
}

/** A command about the same project and server. */
export function commandAbout(words: readonly string[], flags: ServerFlags & Partial<ProjectFlags>): string {
  const { project, env, confSource, address, namespace, profile, configFile, taskQueue } = flags;
  const given = Object.entries({
    '--project': project === '.' ? undefined : project,
    '--env': env,
    '--conf-source': confSource,
    '--address': address,
    '--namespace': namespace,
    '--profile': profile,
    '--config-file': configFile,
    '--task-queue': taskQueue,
  });
  return commandOf([...words, ...given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))]);
}

function commandOf(words: readonly string[]): string {
  return [CALLED, ...words.map(quoted)].join(' ');
}

/** A word as a shell takes it: in quotes, where it would not as it stands. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
