/** Who goes through the session contract, and what each of its tests is given. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  isPipelineError,
  type JsonObject,
  type LiveRun,
  type PipelineError,
  type PipelineSession,
  type RunEvent,
  type RunReport,
  type RunRequest,
} from '../../../src/core/index.ts';

/** An engine under test. */
export interface SessionSubject {
  name: string;
  /** Folder of its fixture project: the conf, data and pipelines that `test/projects/native` has, in the engine's language. */
  project: string;
  /** Opens a session on a copy of the project. */
  open(folder: string): Promise<PipelineSession>;
  /** Makes a copy usable, by links to what it imports, say. Default: nothing is needed. */
  prepare?(folder: string): Promise<void>;
  /** Whether `live.data` and `live.results` carry values that are not JSON, as they are or as copies. Default: true. */
  carriesLiveValues?: boolean | 'copied';
  /** Whether nodes run one after the other, in the pipeline's order. Default: true. */
  isSequential?: boolean;
}

/** A copy of the fixture with a session on it. Paths are relative to the copy. */
export interface Copy {
  readonly folder: string;
  readonly session: PipelineSession;
  /** See {@link SessionSubject}. */
  readonly isSequential: boolean;
  run(pipeline: string, request?: RunRequest, live?: LiveRun): Promise<RunReport>;
  /** Another session on the same copy; closed after the test. */
  reopen(): Promise<PipelineSession>;
  absolute(file: string): string;
  has(file: string): boolean;
  read(file: string): Promise<string>;
  readJson(file: string): Promise<unknown>;
  write(file: string, content: string): Promise<void>;
  writeJson(file: string, value: unknown): Promise<void>;
  remove(file: string): Promise<void>;
  /** Every file under a folder, relative to it, sorted; none when it does not exist. */
  files(folder: string): Promise<string[]>;
}

export type InCopy = (work: (copy: Copy) => Promise<void>) => () => Promise<void>;

/** Gives a test a fresh copy of the subject's project and an open session, and clears both away. */
export function inCopyOf(subject: SessionSubject): InCopy {
  return (work) => async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'session-'));
    const open: PipelineSession[] = [];
    try {
      await cp(subject.project, folder, { recursive: true });
      await subject.prepare?.(folder);
      const reopen = async () => {
        const session = await subject.open(folder);
        open.push(session);
        return session;
      };
      await work({ ...copyAt(folder, await reopen(), reopen), isSequential: subject.isSequential ?? true });
    } finally {
      await Promise.all(open.map((session) => session.close()));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  };
}

function copyAt(folder: string, session: PipelineSession, reopen: Copy['reopen']): Omit<Copy, 'isSequential'> {
  const absolute = (file: string) => path.join(folder, file);
  const write = async (file: string, content: string) => {
    await mkdir(path.dirname(absolute(file)), { recursive: true });
    await writeFile(absolute(file), content);
  };
  return {
    folder,
    session,
    reopen,
    run: (pipeline, request, live) => session.run({ pipelines: [pipeline], ...request }, live),
    absolute,
    has: (file) => existsSync(absolute(file)),
    read: (file) => readFile(absolute(file), 'utf8'),
    readJson: async (file) => JSON.parse(await readFile(absolute(file), 'utf8')),
    write,
    writeJson: (file, value) => write(file, JSON.stringify(value)),
    remove: (file) => rm(absolute(file), { recursive: true }),
    files: (below) => filesUnder(absolute(below)),
  };
}

async function filesUnder(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** The error that `work` must end with, which is one of ours. */
export async function failureOf(work: Promise<unknown>): Promise<PipelineError> {
  const error = await work.then(
    (value) => expect.fail(`it should have failed, and returned ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!isPipelineError(error)) throw error;
  return error;
}

/** Events as short texts: `node-started first`. */
export function shortEvents(events: readonly RunEvent[]): string[] {
  return events.map((event) => {
    const about = 'node' in event ? event.node : 'dataset' in event ? event.dataset : event.nodes.join(',');
    return `${event.type} ${about}`;
  });
}

export function nodesOf(report: RunReport): string[] {
  return report.nodes.map(({ name }) => name);
}

/** Drives the nodes of the pipeline `chain`; see `control.ts` of the project. */
export interface Remote {
  /** Runtime params that connect the nodes to this remote. */
  params(more?: { failAt?: string; waitAt?: string }): JsonObject;
  /** Names of the nodes that were called since last asked; in the pipeline's order where they may run side by side. */
  calls(): Promise<string[]>;
  /** Lets a waiting node go on. */
  openGate(): Promise<void>;
}

const CHAIN = ['first', 'aside', 'second', 'third', 'fourth'];

export function remoteFor(copy: Copy): Remote {
  let seen = 0;
  return {
    params: (more = {}) => ({
      control: { calls: copy.absolute('calls.txt'), gate: copy.absolute('gate'), ...more },
    }),
    async calls() {
      const all = copy.has('calls.txt') ? (await copy.read('calls.txt')).trim().split('\n') : [];
      const fresh = all.slice(seen);
      seen = all.length;
      return copy.isSequential ? fresh : fresh.sort((a, b) => CHAIN.indexOf(a) - CHAIN.indexOf(b));
    },
    openGate: () => copy.write('gate', ''),
  };
}

/** Resolves at the first event that fits; hand `onEvent` to the run. */
export function awaitEvent(type: RunEvent['type'], name: string) {
  let found = () => {};
  const seen = new Promise<void>((resolve) => {
    found = resolve;
  });
  const onEvent = (event: RunEvent) => {
    if (event.type === type && 'node' in event && event.node === name) found();
  };
  return { seen, onEvent };
}

/** Time for a node that a cancel left behind to come to its end. */
export async function leftoversEnd(): Promise<void> {
  await sleep(60);
}

/** `it`, for an order of nodes that a runner which lets them run side by side does not keep. */
export function itInSequence(subject: SessionSubject): (name: string, test: () => Promise<void>) => void {
  return subject.isSequential === false ? () => {} : it;
}

/** `it`, for what only an engine in this process can do: it is no part of the contract of another. */
export function itWithLiveValues(subject: SessionSubject): (name: string, test: () => Promise<void>) => void {
  return subject.carriesLiveValues === false ? () => {} : it;
}
