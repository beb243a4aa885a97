export type { HostLog, KedroSessionOptions } from './options.ts';
export { openKedroSession } from './session.ts';
