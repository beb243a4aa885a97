import type { LiveRun, RunReport, RunRequest } from '../../src/core/index.ts';
import type { NativeSessionOptions } from '../../src/native/index.ts';
import { type Files, withSession } from '../projects/tiny.ts';

type Options = Omit<NativeSessionOptions, 'project'>;

/** Opens a session on a project made of texts. */
export function open(files: Files, options: Options = {}): Promise<unknown> {
  return withSession(files, async () => undefined, options);
}

/** Opens a session on a project made of texts, and runs. */
export function run(files: Files, request: RunRequest, live?: LiveRun, options: Options = {}): Promise<RunReport> {
  return withSession(files, (session) => session.run(request, live), options);
}
