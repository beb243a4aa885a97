import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { planIntervals } from '../../calendar/index.ts';
import { clockChangeOf, type FrozenPlan, type Interval, intervalsOf } from '../../planner/index.ts';
import { withJson } from '../flags.ts';
import { type RuleFlags, ruleOptionsOf, withRule } from '../interval-rule.ts';
import { table } from '../table.ts';
import { say, styled } from '../terminal.ts';

type IntervalsFlags = RuleFlags & { from?: string; to?: string; json?: boolean };

/** `intervals`: what a rule makes of a range, without running anything. */
export function intervalsVerb(command: Command): void {
  command
    .description('print the intervals of a range: key, start and end in UTC')
    .option('--from <date>', 'where the first interval starts')
    .option('--to <date>', 'where the last interval ends, itself not part of the range')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal intervals --every day --from 2026-03-27 --to 2026-04-01 --time-zone Europe/Berlin',
    )
    .action(async (flags: IntervalsFlags) => {
      const { from, to, json } = flags;
      const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const plan = planIntervals({ ...(await ruleOptionsOf(flags)), ...range });
      if (json) await printLong(jsonParts(plan));
      else await printTable(plan);
    });
  withJson(withRule(command));
}

// One document, made row by row: a range of any length takes no memory.
function* jsonParts(plan: FrozenPlan): Generator<string, void, undefined> {
  let before = '[';
  for (const { key, start, end } of intervalsOf(plan)) {
    yield `${before}${JSON.stringify({ key, start, end })}`;
    before = ',\n';
  }
  yield ']\n';
}

async function printTable(plan: FrozenPlan): Promise<void> {
  await printLong(tableParts(plan));
  say(`${plan.count} intervals every ${plan.every}, in ${plan.timeZone} (time-zone data ${plan.tzdata}).`);
}

const ROWS_AT_ONCE = 1000;

// A table of its own for each thousand rows; cells of one width keep them in line.
function* tableParts(plan: FrozenPlan): Generator<string, void, undefined> {
  const keyWidth = Math.max('interval'.length, plan.firstKey.length) + '-0000'.length;
  const head = ['interval'.padEnd(keyWidth), 'start', 'end'.padEnd(plan.end.length), 'length'.padEnd(12), 'clocks'];
  let rows: string[][] = [];
  const block = (isFirst: boolean) => {
    const lines = table(head, rows).split('\n');
    return `${(isFirst ? lines : lines.slice(1)).join('\n')}\n`;
  };
  let isFirst = true;
  for (const interval of intervalsOf(plan)) {
    rows.push(row(plan, interval));
    if (rows.length < ROWS_AT_ONCE) continue;
    yield block(isFirst);
    rows = [];
    isFirst = false;
  }
  if (rows.length > 0) yield block(isFirst);
}

function row(plan: FrozenPlan, interval: Interval): string[] {
  const { key, start, end } = interval;
  const change = clockChangeOf(plan, interval);
  const sign = change < 0 ? '-' : '+';
  const mark = change === 0 ? '' : styled('yellow', `${sign}${span(Math.abs(change))}`, process.stdout);
  return [key, start, end, span(Date.parse(end) - Date.parse(start)), mark];
}

/** `1 d`, `23 h`, `1 d 30 min`. */
function span(ms: number): string {
  const seconds = ms / 1000;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`])).join(' ');
}

/** Prints as fast as the reader reads; one that has read enough (`| head`) is no error. */
async function printLong(parts: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(parts), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
