/**
 * Run ids and save versions.
 *
 * A save version is a time, so that versions sort by time whatever the run ids look like: Kedro's own format,
 * `YYYY-MM-DDThh.mm.ss.sssZ`, with three more digits that keep two runs of the same millisecond apart.
 */
import { PipelineError } from './errors.ts';

const SAVE_VERSION = /^\d{4}-\d{2}-\d{2}T\d{2}\.\d{2}\.\d{2}\.\d{3,6}Z$/;

/** Whether `version` has the format of a save version; Kedro's millisecond form counts. */
export function isSaveVersion(version: string): boolean {
  return SAVE_VERSION.test(version);
}

/** Throws `VERSION_INVALID` unless `version` has the format of a save version. */
export function checkSaveVersion(version: string): string {
  if (isSaveVersion(version)) return version;
  throw new PipelineError(
    'VERSION_INVALID',
    `The save version "${version}" is not a timestamp like "2026-01-31T06.00.00.000Z". Versions sort by time, so leave saveVersion out or give a time.`,
    { details: { version } },
  );
}

/** The save version of a run that started at `startMs` (milliseconds since the epoch). */
export function saveVersionOf(startMs: number, runId: string): string {
  return saveVersionAt(startMs * 1000 + tieBreaker(runId));
}

/** The save version of an instant in microseconds since the epoch. */
export function saveVersionAt(micros: number): string {
  const time = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1).replaceAll(':', '.');
  return `${time}${String(micros % 1000).padStart(3, '0')}Z`;
}

/** Save versions for one session: runs that start in the same millisecond still get versions of their own, in order. */
export function saveVersionClock(): () => string {
  let lastMicros = 0;
  return () => {
    lastMicros = Math.max(Date.now() * 1000, lastMicros + 1);
    return saveVersionAt(lastMicros);
  };
}

/** Negative when `a` is older than `b`. Names that are no save versions are older than all that are. */
export function compareVersions(a: string, b: string): number {
  return compareText(sortKey(a), sortKey(b));
}

function sortKey(version: string): string {
  return isSaveVersion(version) ? `1${version.slice(0, -1).padEnd(26, '0')}` : `0${version}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// FNV-1a: the workflow sandbox has no crypto, and three digits need none.
function tieBreaker(runId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 1000;
}
