export type { HostLog, KedroSessionOptions } from './options.ts';
export { type FoundPython, findPython } from './python.ts';
export { openKedroSession } from './session.ts';
