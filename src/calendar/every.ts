/** The words of a rule, what `every` may be. */
import { PipelineError, suggestion } from '../core/index.ts';
import { type CronFields, EVERY, type Every } from '../planner/index.ts';
import { cronFields } from './crons.ts';

/** A rule that was read, and its one spelling. */
export type EveryWords = { every: string } & (
  | { kind: 'units'; unit: Every; step: number }
  /** `isSteady`: its hours go on round the clock or in steps, so that an hour more or less matters to it. */
  | { kind: 'cron'; fields: CronFields; isSteady: boolean }
  | { kind: 'list'; items: string[] }
);

/** Of each unit: what it is called after a number, and what an interval of one is called. */
const WORDS: Record<Every, { counted: readonly string[]; alone: readonly string[] }> = {
  hour: { counted: ['hours', 'h'], alone: ['hourly'] },
  day: { counted: ['days', 'd'], alone: ['daily', '@midnight'] },
  week: { counted: ['weeks', 'w'], alone: ['weekly'] },
  month: { counted: ['months', 'mo'], alone: ['monthly'] },
  quarter: { counted: ['quarters', 'q'], alone: ['quarterly'] },
  year: { counted: ['years', 'y'], alone: ['yearly', 'annually'] },
};

const COUNTED = wordsOf((unit) => [unit, ...WORDS[unit].counted]);
const ALONE = wordsOf((unit) => WORDS[unit].alone.flatMap((word) => [word, `@${word.replace('@', '')}`]));

const MOST_UNITS = 100_000;

/**
 * Reads `hour`, `days`, `weekly`, `@monthly`, `6 hours`, `2d`, five fields of cron, or `list:` with dates between commas.
 * Throws `RANGE_INVALID`, with a close match.
 */
export function readEvery(text: string): EveryWords {
  const every = typeof text === 'string' ? text.trim().replace(/\s+/g, ' ') : '';
  if (every.startsWith('list:')) return listOf(every.slice('list:'.length).split(','));
  const words = every.toLowerCase();
  const [, count, word = ''] = /^(\d*) ?(@?[a-z]+)$/.exec(words) ?? [];
  const unit = COUNTED.get(word) ?? (count === '' ? ALONE.get(word) : undefined);
  if (unit !== undefined) return unitsOf(unit, count === '' ? 1 : Number(count));
  const fields = words.split(' ');
  if (fields.length === 5) {
    const isSteady = /[*/]/.test(fields[1] ?? '');
    return { kind: 'cron', every: words, fields: cronFields(words), isSteady };
  }
  throw unknownRule(text, word, fields.length);
}

/** A rule that is a list of starts, the last of which is an end. */
export function listOf(texts: readonly string[]): EveryWords {
  const items = texts.map((item) => item.trim()).filter((item) => item !== '');
  return { kind: 'list', every: `list:${items.join(',')}`, items };
}

function unitsOf(unit: Every, step: number): EveryWords {
  if (step < 1 || step > MOST_UNITS) {
    throw new PipelineError('RANGE_INVALID', `An interval of ${step} ${unit}s: give 1 to ${MOST_UNITS} of them.`);
  }
  return { kind: 'units', every: step === 1 ? unit : `${step} ${unit}s`, unit, step };
}

function unknownRule(text: string, word: string, fields: number): PipelineError {
  const known = [...EVERY, ...EVERY.flatMap((unit) => WORDS[unit].alone)];
  const hint =
    fields === 6 || fields === 7
      ? ' A cron expression has five fields here, without seconds and years.'
      : /^m(in(ute)?s?)?$/.test(word)
        ? ' Minutes are counted by cron: "*/15 * * * *"; months are "mo" or "months".'
        : suggestion(word === '' ? String(text) : word, known);
  return new PipelineError(
    'RANGE_INVALID',
    `There are no intervals every "${text}".${hint} Give ${EVERY.join(', ')}, some of them ("6 hours", "2d"), a cron expression ("30 6 * * mon-fri") or a list ("list:2015-01-01,2015-02-15").`,
    { details: { every: String(text) } },
  );
}

function wordsOf(words: (unit: Every) => readonly string[]): Map<string, Every> {
  return new Map(EVERY.flatMap((unit) => words(unit).map((word) => [word, unit] as const)));
}
