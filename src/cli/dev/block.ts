/** What `dev` shows: a block when it is ready, a line for each reload. */
import path from 'node:path';
import { duration, say, styled } from '../terminal.ts';
import type { Opened } from './messages.ts';
import type { Outcome } from './supervisor.ts';

/** Where everything is. */
export interface Places {
  project: string;
  address: string;
  namespace: string;
  /** Temporal's own page; unknown for a server that was given. */
  uiUrl: string | undefined;
  taskQueue: string;
  /** False for `--no-worker`. */
  worker: boolean;
}

/** Shows all of it once; `opened` is left out where nothing but the server was started. */
export function showBlock(places: Places, opened: Opened | undefined, ms: number): void {
  const { project, address, namespace, uiUrl, taskQueue, worker } = places;
  const at = namespace === 'default' ? address : `${address}, namespace ${namespace}`;
  const rows: [string, string][] = [
    ['Temporal', uiUrl === undefined ? at : `${link(uiUrl)}  ${styled('dim', `(${at})`)}`],
    ...pageRows(opened),
    ['Task queue', worker ? taskQueue : `${taskQueue}, without a worker`],
    ['Project', `${shortened(project)}${opened?.pipelines ? `, ${counted(opened.pipelines.whole)}` : ''}`],
  ];
  const lines = rows.map(([name, value]) => `  ${styled('bold', name.padEnd(12))}${value}`);
  say(['', ...lines, '', `Ready in ${duration(ms)}. Ctrl-C ends all of it.`].join('\n'));
  sayBroken(opened);
}

function pageRows(opened: Opened | undefined): [string, string][] {
  if (opened?.pageUrl !== undefined)
    return [
      ['Page', link(opened.pageUrl)],
      ['API', link(`${opened.pageUrl}/docs`)],
    ];
  return opened?.pageError === undefined ? [] : [['Page', styled('yellow', `none: ${opened.pageError}`)]];
}

/** One line (and one for each broken pipeline) on what has become of a new start. `what`: what it is for. */
export function showReload(what: string, outcome: Outcome, ms: number): void {
  const at = styled('dim', new Date().toTimeString().slice(0, 8));
  if (outcome.type === 'failed') {
    say(`${at} ${styled('red', '✗')} ${what}: the project does not open; waiting for the next change.`);
    sayFailed(outcome);
    return;
  }
  say(`${at} ${styled('green', '✓')} ${what}: reloaded in ${duration(ms)}`);
  sayBroken(outcome);
}

/** Why a project does not open. */
export function sayFailed({ message, code }: Extract<Outcome, { type: 'failed' }>): void {
  say(`${styled('red', 'error:')} ${message}${code === undefined ? '' : styled('dim', ` [${code}]`)}`);
}

function sayBroken(opened: Opened | undefined): void {
  for (const why of opened?.pipelines?.broken ?? []) say(`${styled('yellow', '!')} ${why}`);
}

function counted(pipelines: number): string {
  return pipelines === 1 ? '1 pipeline' : `${pipelines} pipelines`;
}

function link(url: string): string {
  return styled('cyan', url);
}

function shortened(project: string): string {
  const below = path.relative(process.cwd(), project);
  return below === '' ? path.basename(project) : below.startsWith('..') ? project : below;
}
