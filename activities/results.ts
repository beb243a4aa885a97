/**
 * Results over a limit go to a file and are returned by reference: a history holds 2 MB a payload, and one that is too
 * large fails an activity again on each attempt.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DatasetRef, type JsonObject, PipelineError, type RunReport } from '../src/core/index.ts';
import { cannotFill } from '../src/planner/index.ts';

/** How results travel. */
export interface ResultOptions {
  /** Most bytes of values in a report. Default: 131,072 (128 KiB). */
  limitBytes?: number;
  /** Where larger ones are written, shared by all workers of a task queue. Default: `.kedro-temporal/results` in the project. */
  folder?: string;
}

export const DEFAULT_LIMIT_BYTES = 128 * 1024;

/** A report with some of its outputs only, and without what each node did. */
export function briefReport(report: RunReport, names: readonly string[]): RunReport {
  const only = <T>(from: Record<string, T>) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
  return { ...report, nodes: [], saved: [], outputs: only(report.outputs), references: only(report.references) };
}

/** Moves the largest values of a report into files until the rest fits. */
export async function keepSmall(report: RunReport, project: string, options: ResultOptions = {}): Promise<RunReport> {
  const limit = options.limitBytes ?? DEFAULT_LIMIT_BYTES;
  const texts = Object.entries(report.outputs).map(([name, value]) => ({ name, text: JSON.stringify(value) }));
  const sized = texts.map((each) => ({ ...each, bytes: Buffer.byteLength(each.text) }));
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= limit) return report;
  const small = { ...report, outputs: { ...report.outputs }, references: { ...report.references } };
  for (const { name, text, bytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    if (total <= limit) break;
    small.references[name] = await store(name, text, report.runId, project, options.folder);
    delete small.outputs[name];
    total -= bytes;
  }
  return small;
}

/**
 * The values that references stand for, by dataset. Throws `OUTPUT_NOT_JSON` for one that no run has kept as JSON, and
 * `DATASET_LOAD_FAILED` for one that is gone.
 */
export async function valuesOf(references: Record<string, DatasetRef>, project: string): Promise<JsonObject> {
  const values: JsonObject = {};
  for (const [dataset, reference] of Object.entries(references)) {
    if (reference.type !== 'json.JSONDataset' || reference.filepath === undefined) throw cannotFill(dataset, reference);
    const file = path.resolve(project, reference.filepath);
    try {
      values[dataset] = JSON.parse(await readFile(file, 'utf8'));
    } catch (cause) {
      throw new PipelineError('DATASET_LOAD_FAILED', `The value for "${dataset}" is not in ${file} any more.`, {
        cause,
        details: { dataset },
      });
    }
  }
  return values;
}

async function store(
  dataset: string,
  text: string,
  runId: string,
  project: string,
  folder?: string,
): Promise<DatasetRef> {
  const root = path.resolve(project, folder ?? '.kedro-temporal/results');
  const file = path.join(root, fileName(runId), `${fileName(dataset)}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  // A name of its own: an attempt that was given up may still be writing when the next one does.
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const relative = path.relative(project, file);
  return { dataset, type: 'json.JSONDataset', filepath: relative.startsWith('..') ? file : relative };
}

/** Run ids may hold any character; a readable part and a digest keep names valid and apart. */
export function fileName(id: string): string {
  const readable = id.replaceAll(/[^\w-]+/g, '_').slice(0, 80);
  return `${readable}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}
