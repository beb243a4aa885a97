/** The run that looks at all points of a sweep. */
import { addEvent, noProgress, type PipelineSession, type RunReport, type RunRequest } from '../src/core/index.ts';
import { progressBefore, withHeartbeat } from './heartbeat.ts';
import { allRows } from './point-rows.ts';
import { rowsFolder } from './points.ts';
import { keepSmall, type ResultOptions } from './results.ts';

/** What `kedro.reducePoints` runs. */
export interface ReducePointsInput {
  sweep: string;
  /** When the sweep started, milliseconds since the epoch. */
  startedAt: number;
  request: RunRequest;
  /** Dataset that is given all rows: `{ index, params, metrics, error? }`, in the order of the points. */
  dataset: string;
}

/** Runs a pipeline with the rows of all points as one of its datasets; they go from file to node and never enter a history. */
export async function reducePoints(
  session: PipelineSession,
  input: ReducePointsInput,
  signal: AbortSignal,
  results?: ResultOptions,
): Promise<RunReport> {
  const resume = progressBefore();
  const progress = resume === undefined ? noProgress() : structuredClone(resume);
  return await withHeartbeat(progress, async (beat) => {
    const rows = await allRows(rowsFolder(input, session.project, results));
    const report = await session.run(input.request, {
      signal,
      data: { [input.dataset]: rows },
      ...(resume === undefined ? {} : { resume }),
      onEvent: (event) => {
        addEvent(progress, event);
        if (event.type === 'dataset-saved' || event.type === 'node-finished') beat();
      },
    });
    return await keepSmall(report, session.project, results);
  });
}
