/** `intervals`: what it prints for programs and for people. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { command } from './command.ts';

const intervals = (...args: string[]) => command(['intervals', ...args]);
const APRIL = ['--every', 'day', '--from', '2026-03-28', '--to', '2026-03-31', '--time-zone', 'Europe/Berlin'];

test('with --json prints key, start and end in UTC', async () => {
  const { code, stdout } = await intervals(...APRIL, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    { key: '2026-03-28', start: '2026-03-27T23:00:00Z', end: '2026-03-28T23:00:00Z' },
    { key: '2026-03-29', start: '2026-03-28T23:00:00Z', end: '2026-03-29T22:00:00Z' },
    { key: '2026-03-30', start: '2026-03-29T22:00:00Z', end: '2026-03-30T22:00:00Z' },
  ]);
});

test('prints a table for people, in which the clocks’ doings are marked', async () => {
  const { code, stdout, stderr } = await intervals(...APRIL);
  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toMatch(/^interval +start +end +length +clocks$/);
  expect(stdout).toMatch(/^2026-03-28 +2026-03-27T23:00:00Z +2026-03-28T23:00:00Z +1 d$/m);
  expect(stdout).toMatch(/^2026-03-29 .* 23 h +-1 h$/m);
  expect(stderr).toContain('3 intervals every day, in Europe/Berlin');
});

test('a long range is one table and one document', async () => {
  const range = ['--every', 'hour', '--from', '2015-01-01', '--to', '2015-04-01'];
  const lines = (await intervals(...range)).stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 90 * 24);
  expect(new Set(lines.slice(1).map((line) => line.indexOf('Z  ')))).toHaveProperty('size', 1);
  expect(JSON.parse((await intervals(...range, '--json')).stdout)).toHaveLength(90 * 24);
});

test('takes policies, an anchor and calendars from flags and files', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-intervals-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'holidays.yml');
  await writeFile(file, 'exclude:\n  - 12-25\n  - 2015-12-28..2015-12-30\n');
  const keys = async (...args: string[]) =>
    JSON.parse((await intervals(...args, '--json')).stdout).map(({ key }: { key: string }) => key);

  const days = ['--from', '2015-12-24', '--to', '2016-01-03'];
  const calendars = ['--calendar', 'business-days', '--calendar', file, '--calendar', 'exclude=2016-01-01,2016-01-02'];
  expect(await keys(...days, ...calendars)).toEqual(['2015-12-24', '2015-12-31']);

  const mornings = ['--every', '30 2 * * *', '--from', '2026-03-28T02-30', '--to', '2026-03-30T02-30'];
  const zone = ['--time-zone', 'Europe/Berlin'];
  expect(await keys(...mornings, ...zone)).toHaveLength(2);
  expect(await keys(...mornings, ...zone, '--dst-gap', 'skip')).toHaveLength(1);
  const nights = ['--every', '30 2 * * *', '--from', '2026-10-24T02-30', '--to', '2026-10-26T02-30'];
  expect(await keys(...nights, ...zone, '--dst-overlap', 'twice')).toHaveLength(3);

  const fortnights = ['--every', '2w', '--from', '2015-W03', '--to', '2015-W05'];
  expect(await keys(...fortnights, '--anchor', '2015-01-12')).toEqual(['2015-W03']);
  expect(await keys('--every', 'list:2015,2016,2018')).toEqual(['2015-01-01', '2016-01-01']);
});

test.each<[string[], string]>([
  [['--from', '2015', '--to', '2016', '--every', 'dayly'], 'RANGE_INVALID'],
  [['--from', '2015-01-01T06:30', '--to', '2016'], 'INTERVAL_BOUND_UNCLEAR'],
  [['--from', '2015', '--to', '2016', '--time-zone', 'Berlin'], 'TIME_ZONE_UNKNOWN'],
  [['--from', '2015', '--to', '2016', '--calendar', 'no-such-file.yml'], 'REQUEST_INVALID'],
  [['--from', '2015', '--to', '2016', '--dst-gap', 'jump'], 'REQUEST_INVALID'],
  [['--from', '2015'], 'RANGE_INVALID'],
])('%j ends with 2 and %s, and prints nothing else', async (args, code) => {
  const ended = await intervals(...args, '--json');
  expect(ended.code).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } });
});
