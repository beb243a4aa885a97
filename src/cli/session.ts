import type { PipelineSession } from '../core/index.ts';

/** Flags that say which project. */
export interface ProjectFlags {
  project: string;
  env?: string;
}

/** Opens the session of a command's project. */
export async function openSession(flags: ProjectFlags): Promise<PipelineSession> {
  const { openNativeSession } = await import('../native/index.ts');
  return await openNativeSession({ project: flags.project, ...(flags.env === undefined ? {} : { env: flags.env }) });
}
