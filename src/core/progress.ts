import type { RunEvent, RunProgress } from './contract.ts';

/** The progress of a run that has not started. */
export function noProgress(): RunProgress {
  return { total: 0, done: [], saved: [] };
}

/** Adds one event to `progress`, in place: a run has many events, and one owner of its progress. */
export function addEvent(progress: RunProgress, event: RunEvent): void {
  switch (event.type) {
    case 'run-started':
      progress.total = event.nodes.length;
      return;
    case 'node-started':
      progress.running = event.node;
      return;
    case 'node-skipped':
      addOnce(progress.done, event.node);
      return;
    case 'node-finished':
      addOnce(progress.done, event.node);
      delete progress.running;
      return;
    case 'dataset-saved':
      addOnce(progress.saved, event.dataset);
      return;
    case 'dataset-loaded':
      return;
    default:
      event satisfies never;
  }
}

function addOnce(names: string[], name: string): void {
  if (!names.includes(name)) names.push(name);
}
