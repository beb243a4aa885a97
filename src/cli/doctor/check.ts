/** One thing that `doctor` has looked at. */
export interface Check {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  says: string;
  /** What to type, or do, to mend it. */
  mend?: string;
}

export function ok(name: string, says: string): Check {
  return { name, state: 'ok', says };
}

export function warn(name: string, says: string, mend?: string): Check {
  return { name, state: 'warn', says, ...(mend === undefined ? {} : { mend }) };
}

export function fail(name: string, says: string, mend?: string): Check {
  return { name, state: 'fail', says, ...(mend === undefined ? {} : { mend }) };
}
