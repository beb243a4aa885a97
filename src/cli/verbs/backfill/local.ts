/** `backfill --local`: plan, policies and runs in this process, without a server. */
import { Option } from 'commander';
import { type BackfillOptions, backfillLocally, planBackfillLocally, type SkipMode } from '../../../backfill/index.ts';
import { PipelineError } from '../../../core/index.ts';
import { untilDone } from '../../following.ts';
import { untilInterrupted } from '../../interrupt.ts';
import { endLine } from '../../live-line.ts';
import { progressView } from '../../progress.ts';
import { openSession } from '../../session.ts';
import { print, printJson, say } from '../../terminal.ts';
import { type BackfillFlags, optionsOf } from './flags.ts';
import { checkWanted, planJson, planText } from './plans.ts';
import { showReport } from './view.ts';

const BY_PAST_RUNS: readonly SkipMode[] = ['completed', 'failed'];

export function localOption(): Option {
  return new Option('--local', 'in this process, without a server; Ctrl-C cancels').conflicts('dev');
}

/** Prints the plan. There is nothing to apply it by: a backfill without a server is gone with its process. */
export async function planHere(flags: BackfillFlags): Promise<void> {
  const options = localOptions(flags, await optionsOf(flags));
  await using session = await openSession(flags);
  const stop = new AbortController();
  const plan = await untilInterrupted(
    () => planBackfillLocally(session, options, { signal: stop.signal }),
    () => stop.abort(),
  );
  if (flags.json) printJson(planJson(plan));
  else print(planText(plan));
}

/** Runs the backfill to its end and shows its report, also when Ctrl-C cancels it. */
export async function backfillHere(flags: BackfillFlags): Promise<void> {
  const options = localOptions(flags, await optionsOf(flags));
  await using session = await openSession(flags);
  await checkWanted(flags, () => planBackfillLocally(session, options));
  if (flags.preload !== undefined) await session.preload(flags.preload);
  const stop = new AbortController();
  await untilInterrupted(
    async () => {
      const handle = await backfillLocally(session, options, { signal: stop.signal });
      showReport(await untilDone(handle, progressView(), stop.signal), flags);
    },
    () => {
      endLine();
      say('Cancelled: what runs is ended. Ctrl-C once more ends at once.');
      stop.abort();
    },
  );
}

/**
 * The options without what only a server can do. What the flags say is refused; what the project says of its backfills in
 * general is left out, and said.
 */
function localOptions(flags: BackfillFlags, options: BackfillOptions): BackfillOptions {
  const { skip, onFailure, ...rest } = options;
  if (flags.onFailure === 'pause') throw noResume();
  const modes = [skip ?? []].flat();
  const known = flags.skip === undefined ? modes.filter((mode) => !BY_PAST_RUNS.includes(mode)) : modes;
  if (known.length < modes.length)
    say('There are no past runs without a server: skip goes by none, or by --skip existing.');
  if (onFailure === 'pause') say('Nobody can resume a backfill without a server: failures stop it.');
  return {
    ...rest,
    skip: known,
    ...(onFailure === undefined ? {} : { onFailure: onFailure === 'pause' ? 'stop' : onFailure }),
  };
}

function noResume(): PipelineError {
  return new PipelineError(
    'REQUEST_INVALID',
    'A paused backfill waits for a "resume" from elsewhere, which needs a server: with --local say --on-failure stop.',
  );
}
