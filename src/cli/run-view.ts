/** How a run looks while it is followed, node by node. */
import type { RunStatus } from '../client/index.ts';
import { drawBar, endLine } from './live-line.ts';
import { duration, say, styled } from './terminal.ts';

interface RunView {
  show(status: RunStatus): void;
  /** Leaves the last state on the screen. */
  end(): void;
}

/** A bar that is drawn over on a terminal, a line for each finished node elsewhere. */
export function runView(): RunView {
  return process.stderr.isTTY ? barView() : plainView();
}

/** A line for a node that is done. `durationMs` is left out where it is not known. */
export function doneText(node: string, durationMs?: number): string {
  const time = durationMs === undefined ? '' : ` ${styled('dim', duration(durationMs))}`;
  return `${styled('green', '✓')} ${node}${time}`;
}

function barView(): RunView {
  const tellAgain = againTeller();
  return {
    show({ progress, attempt, state, failure }) {
      tellAgain(attempt, failure);
      if (progress === undefined) return;
      const { done, total, running, alongside = [] } = progress;
      const now = running === undefined ? [] : [running, ...alongside];
      const words = [`${done.length}/${total} nodes`, ...(now.length > 0 ? [now.join(', ')] : [])];
      if (attempt !== undefined && attempt > 1) words.push(`attempt ${attempt}`);
      // The last look finds the run ended, and what its worker last said of it gone.
      if (state === 'running') drawBar(done.length / Math.max(1, total), words.join(' · '));
    },
    end: endLine,
  };
}

function plainView(): RunView {
  const said = new Set<string>();
  const tellAgain = againTeller();
  return {
    show({ progress, attempt, failure }) {
      tellAgain(attempt, failure);
      for (const node of progress?.done ?? []) {
        if (!said.has(node)) say(doneText(node));
        said.add(node);
      }
    },
    end: () => {},
  };
}

// Why, each time: who reads it need not wait for the last attempt to mend it.
function againTeller(): (attempt: number | undefined, failure: string | undefined) => void {
  let last = 1;
  return (attempt = 1, failure) => {
    if (attempt > last) {
      const why = failure === undefined ? '' : `: ${failure}`;
      say(styled('yellow', `The run failed and is tried again (attempt ${attempt})${why}`));
    }
    last = Math.max(last, attempt);
  };
}
