/** The flags of a rule that divides time, and what they say. */
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { parse } from 'yaml';
import type { IntervalCalendar, RuleOptions } from '../calendar/index.ts';
import { messageOf, PipelineError } from '../core/index.ts';

/** What commander makes of the flags of {@link withRule}. */
export interface RuleFlags {
  every?: string;
  timeZone?: string;
  dstGap?: 'skip' | 'shift';
  dstOverlap?: 'once' | 'twice';
  calendar?: string[];
  anchor?: string;
}

/** `--every`, `--time-zone`, `--dst-gap`, `--dst-overlap`, `--calendar`, `--anchor`. */
export function withRule(command: Command): Command {
  return command
    .option(
      '--every <rule>',
      'hour, day, week, month, quarter, year; 6h, 2 weeks; "30 6 * * mon-fri"; list:2015-01-01,2015-02-15 (default: day)',
    )
    .option('--time-zone <name>', 'IANA time zone in which intervals start (default: UTC)')
    .addOption(
      new Option(
        '--dst-gap <policy>',
        'a start that the clocks jump over: at the jump, or none (default: shift)',
      ).choices(['shift', 'skip']),
    )
    .addOption(
      new Option(
        '--dst-overlap <policy>',
        'a start that comes twice: the first, or both (default: twice for hours, else once)',
      ).choices(['once', 'twice']),
    )
    .option(
      '--calendar <what>',
      'days that count: business-days, exclude=2015-12-25,12-24..12-26, or a YAML file; may be repeated',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--anchor <date>', 'a date on which an interval of several units starts');
}

/** The rule that the flags give. Throws `REQUEST_INVALID` for a calendar file that cannot be read. */
export async function ruleOptionsOf(flags: RuleFlags): Promise<RuleOptions> {
  const { every = 'day', timeZone, dstGap, dstOverlap, anchor } = flags;
  const calendar = await calendarOf(flags.calendar ?? []);
  return {
    every,
    ...(timeZone === undefined ? {} : { timeZone }),
    dst: {
      ...(dstGap === undefined ? {} : { gap: dstGap }),
      ...(dstOverlap === undefined ? {} : { overlap: dstOverlap }),
    },
    ...(calendar === undefined ? {} : { calendar }),
    ...(anchor === undefined ? {} : { anchor }),
  };
}

/** The calendar that the values of `--calendar` make together; undefined without any. Throws as {@link ruleOptionsOf}. */
export async function calendarOf(texts: readonly string[]): Promise<IntervalCalendar | undefined> {
  let calendar: IntervalCalendar | undefined;
  for (const text of texts) {
    const part = await calendarPart(text);
    const exclude = [...(calendar?.exclude ?? []), ...(part.exclude ?? [])];
    calendar = { ...calendar, ...part, ...(exclude.length === 0 ? {} : { exclude }) };
  }
  return calendar;
}

async function calendarPart(text: string): Promise<IntervalCalendar> {
  if (text === 'business-days') return { weekdays: text };
  if (text.startsWith('exclude=')) return { exclude: text.slice('exclude='.length).split(',') };
  try {
    return parse(await readFile(text, 'utf8'));
  } catch (cause) {
    throw new PipelineError(
      'REQUEST_INVALID',
      `--calendar "${text}" is neither business-days, nor exclude=…, nor a YAML file that can be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}
