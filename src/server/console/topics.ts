/** Topics: resources that a client may follow. */
import { PipelineError } from '../../core/index.ts';
import type { JobIntervals } from '../api.ts';
import type { Answers } from './answers.ts';

/** One topic. */
export interface Topic {
  readonly name: string;
  /** What a GET of it answers. */
  read(): Promise<unknown>;
  /** For a client that has an earlier answer with the same `base`: the part that may have changed. Left out: all of it. */
  brief?(answer: unknown): { base: string; data: unknown };
}

const LISTS = ['jobs', 'backfills', 'runs', 'sweeps', 'about'] as const;
const ONES = ['intervals', 'backfill', 'run', 'sweep'] as const;

const MOST_TOPICS = 50;

// Ids may hold commas: only one before the name of a topic separates.
const SEPARATOR = new RegExp(`,(?=(?:${LISTS.join('|')})(?:,|$)|(?:${ONES.join('|')}):)`);

/** The topics that a client names, with commas between. Throws `REQUEST_INVALID`. */
export function topicNames(text: string): string[] {
  const names = [...new Set(text.split(SEPARATOR).filter((name) => name !== ''))];
  if (names.length > MOST_TOPICS)
    throw invalid(`names ${names.length} topics; at most ${MOST_TOPICS} may be followed at once`);
  if (names.length > 0) return names;
  throw invalid(`names none. There are ${[...LISTS, ...ONES.map((name) => `${name}:<id>`)].join(', ')}`);
}

/** The topic of a name. Throws `REQUEST_INVALID`. */
export function topicOf(answers: Answers, name: string): Topic {
  const list = LISTS.find((each) => each === name);
  if (list !== undefined) return { name, read: () => answers[list]() };
  const [, kind, id = ''] = /^([a-z]+):([^\r\n]+)$/.exec(name) ?? [];
  const one = ONES.find((each) => each === kind);
  if (one === undefined)
    throw invalid(
      `names "${name}", which is none. There are ${LISTS.join(', ')}, ${ONES.map((each) => `${each}:<id>`).join(', ')}`,
    );
  const read = one === 'run' ? answers.anyRun : answers[one];
  return { name, read: () => read(id), ...(one === 'intervals' ? { brief: briefIntervals } : {}) };
}

// The keys of 10,000 intervals are a hundred times as long as their states.
function briefIntervals(answer: unknown): { base: string; data: unknown } {
  const { keys, starts: _, ...rest } = answer as JobIntervals;
  return { base: `${rest.every} ${rest.start} ${rest.end} ${keys.length}`, data: rest };
}

function invalid(why: string): PipelineError {
  return new PipelineError('REQUEST_INVALID', `"topics" ${why}.`, { details: { field: 'topics' } });
}
