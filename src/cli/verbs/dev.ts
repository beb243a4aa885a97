import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { PipelineError } from '../../core/index.ts';
import { type DevServer, isFreePort, nextFreePort } from '../../dev/index.ts';
import { type Places, sayFailed, showBlock, showReload } from '../dev/block.ts';
import type { HoldOptions } from '../dev/messages.ts';
import { type Outcome, Supervisor } from '../dev/supervisor.ts';
import { watchProject } from '../dev/watcher.ts';
import { withJson, withProject, withServer, withWorker } from '../flags.ts';
import { untilStopped } from '../interrupt.ts';
import { clearLine, drawLine } from '../live-line.ts';
import { projectServer, settleDevServer, stateFolder } from '../server.ts';
import { placeOf } from '../session.ts';
import { printJson, say, styled } from '../terminal.ts';
import type { WorkerFlags } from '../worker.ts';

interface DevFlags extends WorkerFlags {
  worker: boolean;
  reload: boolean;
  page: boolean;
  port?: number;
  open?: boolean;
  json?: boolean;
}

const PAGE_PORT = 4141;

/** `dev`: a Temporal dev server, a worker that follows the project's files, and the page, until Ctrl-C. */
export function devVerb(command: Command): void {
  command
    .description(
      'a Temporal dev server, a worker that is started anew when a file of the project changes, and the page, until Ctrl-C; what it keeps is in .kedro-temporal/',
    )
    .option('--no-worker', 'no worker: for one of your own')
    .option('--no-reload', 'leave the worker as it is when files change')
    .option('--no-page', 'no page and no HTTP endpoint')
    .option('--port <n>', `port of the page (default: ${PAGE_PORT}, or the next free one)`, portNumber)
    .option('--open', 'open the page in a browser')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal dev --project examples/weather')
    .action(develop);
  withWorker(withServer(withJson(withProject(command))));
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port, from 1 to 65535.');
}

async function develop(flags: DevFlags): Promise<void> {
  const began = Date.now();
  if (process.stderr.isTTY) drawLine(styled('dim', 'Starting…'));
  await untilStopped(async (stopped) => {
    const port = flags.page ? await pagePort(flags.port) : undefined;
    const server = await projectServer(flags.project, flags, stopped, (text, about) => {
      if (about !== 'open') say(text);
    });
    try {
      return await begin(flags, server, port, began);
    } catch (error) {
      await server.close();
      throw error;
    }
  });
}

async function pagePort(asked: number | undefined): Promise<number> {
  if (asked === undefined) return await nextFreePort(PAGE_PORT);
  if (await isFreePort(asked)) return asked;
  throw new PipelineError(
    'REQUEST_INVALID',
    `Port ${asked} is taken by another program. End that, or give another --port, or none for the next free one.`,
    { details: { port: asked } },
  );
}

async function begin(flags: DevFlags, server: DevServer, port: number | undefined, began: number) {
  const { worker, reload, page: _, open, json: __, ...rest } = flags;
  const settled = await settleDevServer(rest, server);
  const { project } = placeOf(flags);
  const { uiUrl } = server;
  const places: Places = { ...settled, project, uiUrl, worker };
  const bundleFile = path.join(stateFolder(project), `workflows-${process.pid}.js`);
  const options: HoldOptions = {
    ...{ flags: settled, worker, bundleFile },
    ...(port && { port, mayMove: flags.port === undefined }),
    ...(uiUrl && { uiUrl }),
  };
  const supervisor = new Supervisor(options, {
    ended: sayEnd,
    restarted: (outcome, ms) => showReload('a new worker', outcome, ms),
  });
  const isHeld = worker || port !== undefined;
  // Before the first start: a file may be mended while it is told what is wrong with it.
  const files = isHeld && reload ? await followFiles(flags, supervisor) : undefined;
  const outcome = isHeld ? await supervisor.restart() : undefined;
  show(flags, places, outcome, Date.now() - began);
  if (outcome?.type === 'opened' && outcome.pageUrl !== undefined) stayAt(options, outcome.pageUrl);
  files?.begin();
  if (open && outcome?.type === 'opened' && outcome.pageUrl !== undefined) openBrowser(outcome.pageUrl);
  return {
    ended: new Promise<void>(() => {}),
    async stop() {
      await files?.close();
      await supervisor.close();
      await rm(bundleFile, { force: true });
      await server.close();
    },
  };
}

// Who has the page open finds it there after each change.
function stayAt(options: HoldOptions, pageUrl: string): void {
  options.port = Number(new URL(pageUrl).port);
  options.mayMove = false;
}

function show(flags: DevFlags, places: Places, outcome: Outcome | undefined, ms: number): void {
  const opened = outcome?.type === 'opened' ? outcome : undefined;
  clearLine();
  if (flags.json) {
    const { address, namespace, uiUrl, taskQueue, project } = places;
    printJson({
      state: outcome?.type === 'failed' ? 'failed' : 'ready',
      project,
      address,
      namespace,
      uiUrl,
      pageUrl: opened?.pageUrl,
      taskQueue,
    });
  }
  if (outcome?.type === 'failed') {
    sayFailed(outcome);
    say(`The project does not open; the server at ${places.address} goes on, and the next change is tried.`);
  } else showBlock(places, opened, ms);
}

async function followFiles(flags: DevFlags, supervisor: Supervisor) {
  const { project, confSource } = placeOf(flags);
  const changed = new Set<string>();
  let isBusy = true;
  // What changes while a process opens may have been read already, or not: another one comes after it.
  const follow = async () => {
    if (isBusy) return;
    isBusy = true;
    while (changed.size > 0) {
      const files = [...changed];
      changed.clear();
      const began = Date.now();
      const outcome = await supervisor.restart();
      if (outcome !== undefined) showReload(named(files), outcome, Date.now() - began);
    }
    isBusy = false;
  };
  const watcher = await watchProject(project, confSource === undefined ? [] : [confSource], (files) => {
    for (const file of files) changed.add(file);
    void follow();
  });
  const begin = () => {
    isBusy = false;
    void follow();
  };
  return { begin, close: () => watcher.close() };
}

function named([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

function sayEnd(how: string, restarts: boolean): void {
  const next = restarts ? 'A new one is started.' : 'The next change starts a new one.';
  say(styled('yellow', `The worker has ended unasked, with ${how}. ${next}`));
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

function openBrowser(url: string): void {
  const child = spawn(OPENERS[process.platform] ?? 'xdg-open', [url], { stdio: 'ignore', detached: true });
  child.on('error', () => say(`No browser was found to open ${url} with.`));
  child.unref();
}
