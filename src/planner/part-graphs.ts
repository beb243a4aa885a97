/**
 * The order of a job's parts.
 *
 * G1. A part starts as soon as those before it are done; independent ones go side by side.
 * G2. A part that fails stops those behind it; those beside it come to their end.
 * G3. Of all failures the first one in the order of the parts is told, never one that only followed from it.
 */
import { PipelineError, suggestion } from '../core/index.ts';

/** A part, as far as its place goes. */
export interface GraphPart {
  name: string;
  after?: readonly string[];
  inputs?: Readonly<Record<string, { part: string }>>;
}

/** How parts are run, here or elsewhere. */
export interface PartRunner<Part, Report> {
  /** `before`: reports of the parts before it, by name. */
  run(part: Part, before: ReadonlyMap<string, Report>): Promise<Report>;
  isCancel(error: unknown): boolean;
  /** What is thrown for a part that failed, where there are others. */
  named(part: string, error: unknown): unknown;
}

/** Runs every part once. Returns their reports, in the order of the parts. Throws `REQUEST_INVALID` for parts in a circle. */
export async function runGraph<Part extends GraphPart, Report>(
  parts: readonly Part[],
  runner: PartRunner<Part, Report>,
): Promise<Report[]> {
  for (const part of parts) checkCircle(parts, part, []);
  const reports = new Map<string, Promise<Report>>();
  const run = (part: Part): Promise<Report> => {
    const known = reports.get(part.name);
    if (known !== undefined) return known;
    const report = runPart(parts, part, runner, run);
    reports.set(part.name, report);
    return report;
  };
  const ended = await Promise.allSettled(parts.map(run));
  const bad = ended.flatMap((each, i) =>
    each.status === 'rejected' ? [{ part: parts[i]?.name ?? '', error: each.reason as unknown }] : [],
  );
  const first = bad.find(({ error }) => !(error instanceof Upstream));
  if (first === undefined) return ended.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  throw parts.length === 1 || runner.isCancel(first.error) ? first.error : runner.named(first.part, first.error);
}

// Marks what was not run because a part before it failed, so that only that one is told of.
class Upstream extends Error {}

async function runPart<Part extends GraphPart, Report>(
  parts: readonly Part[],
  part: Part,
  runner: PartRunner<Part, Report>,
  run: (part: Part) => Promise<Report>,
): Promise<Report> {
  const reports = new Map<string, Report>();
  await Promise.all(
    namesBefore(part).map(async (name) => {
      const other = parts.find((each) => each.name === name) ?? missing(part.name, name, parts);
      try {
        reports.set(name, await run(other));
      } catch (error) {
        if (runner.isCancel(error)) throw error;
        throw new Upstream(name, { cause: error });
      }
    }),
  );
  return await runner.run(part, reports);
}

function namesBefore({ after = [], inputs = {} }: GraphPart): string[] {
  return [...new Set([...after, ...Object.values(inputs).map(({ part }) => part)])];
}

// Parts that wait for each other would wait for ever.
function checkCircle(parts: readonly GraphPart[], part: GraphPart, behind: readonly string[]): void {
  const path = [...behind, part.name];
  if (behind.includes(part.name)) {
    throw new PipelineError('REQUEST_INVALID', `Parts wait for each other in a circle: ${path.join(' after ')}.`);
  }
  for (const name of namesBefore(part)) {
    const other = parts.find((each) => each.name === name);
    if (other !== undefined) checkCircle(parts, other, path);
  }
}

function missing(part: string, name: string, parts: readonly GraphPart[]): never {
  const known = parts.map((each) => each.name);
  throw new PipelineError(
    'REQUEST_INVALID',
    `Part "${part}" comes after "${name}", which is no part of the job.${suggestion(name, known)}`,
  );
}
