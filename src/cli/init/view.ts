/** What `init` tells: which files, and what to type next. */
import path from 'node:path';
import { quoted } from '../come-back.ts';
import { styled } from '../terminal.ts';
import type { FilePlan } from './files.ts';

/** One file for a person. */
export function line({ file, does, what }: FilePlan): string {
  const sign = { create: styled('green', '+'), change: styled('yellow', '~'), keep: styled('dim', '=') }[does];
  return `${sign} ${file}${what === undefined ? '' : styled('dim', `  ${what}`)}`;
}

/** One file for a program. */
export function fileJson({ file, does, what }: FilePlan) {
  return { file, does, ...(what === undefined ? {} : { what }) };
}

/** Commands to type next, one a line; a line with `#` says what the one after it is for. */
export function nextSteps(where: string, kind: 'native' | 'kedro'): string[] {
  const run = 'npx kedro-temporal run --local';
  return [
    ...(path.resolve(where) === process.cwd() ? [] : [`cd ${quoted(where)}`]),
    'npm install',
    kind === 'kedro' ? run : `${run} --params day=2026-01-02`,
    '# a server, a worker and a page, until Ctrl-C',
    'npx kedro-temporal dev',
    '# meanwhile, in another terminal',
    'npx kedro-temporal backfill --job daily --from 2026-01-01 --to 2026-01-08',
  ];
}

/** All of it for a person. */
export function initText(folder: string, plans: readonly FilePlan[], next: readonly string[], isDry: boolean): string {
  const isChanged = plans.some(({ does }) => does !== 'keep');
  const did = isDry ? 'Would write' : isChanged ? 'Wrote' : 'Nothing to write';
  const steps = next.map((each) => (each.startsWith('#') ? styled('dim', `  ${each}`, process.stdout) : `  ${each}`));
  return [`${did} in ${folder}:`, ...plans.map((each) => `  ${line(each)}`), '', 'Next:', ...steps].join('\n');
}
