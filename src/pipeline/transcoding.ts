/**
 * Transcoding: `table@pandas` and `table@spark` are two ways to load and save one dataset, `table`. The graph knows only the
 * dataset; the catalog has an entry for each way.
 */

/** What stands between a dataset's name and one of its ways. */
const SEPARATOR = '@';

/** The dataset that `name` is a way to: `table` for `table@pandas`; any other name is its own. */
export function datasetOf(name: string): string {
  const at = name.indexOf(SEPARATOR);
  return at < 0 ? name : name.slice(0, at);
}

/** Whether `name` says which way, too. */
export function isTranscoded(name: string): boolean {
  return name.includes(SEPARATOR);
}

/** Whether `name` has one separator at most. */
export function isWellFormed(name: string): boolean {
  return name.indexOf(SEPARATOR) === name.lastIndexOf(SEPARATOR);
}
