/** The verb `sweep`: what it takes, what it prints, how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { optionsOf, type SweepFlags, withSweep } from '../../src/cli/verbs/sweep/flags.ts';
import { pointsOf } from '../../src/planner/index.ts';
import { journal } from '../projects/temporal/journal.ts';
import { command, documentOf, ROOT, startCommand } from './command.ts';

const PROJECT = path.join(ROOT, 'test/projects/temporal');

let folder: string;
let server: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-cli-'));
  server = ['--address', inject('temporalAddress'), '--task-queue', `cli-${crypto.randomUUID()}`];
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function startWorker(): Promise<void> {
  await startCommand(['worker', '--project', PROJECT, ...server]).said('is ready');
}

function score(trouble: string, ...more: string[]): string[] {
  return ['sweep', '-p', 'score', '--params', `folder=${folder},trouble.${trouble}`, ...more, ...server];
}

test('over a grid, a list, random points: tables or one document, and exit codes that tell', async () => {
  await startWorker();
  const file = path.join(folder, 'points.json');
  await writeFile(file, JSON.stringify([{ x: 1 }, { x: 2 }, { x: 30 }]));
  const scored = ['--metric', 'score.value'];
  const [grid, list, random, half] = await Promise.all([
    command(score('work=0', '--grid', 'x=0..9', '--grid', 'kind=a,b', ...scored, '--top', '2', '--quantiles', '0.5')),
    command(score('work=0', '--list', `@${file}`, ...scored, '--min', '--json')),
    command(score('work=0', '--random', 'x=int(0,100)', '--count', '25', '--seed', '7', ...scored, '--json')),
    command(score('bad=[2]', '--grid', 'x=0..4', ...scored, '--after', 'rank', '--json')),
  ]);
  expect(grid.stdout).toMatch(/^point +score\.value +x +kind *$/m);
  expect(grid.stdout).toMatch(/^ +6 +0 +3 +a *\n +7 +0 +3 +b *$/m);
  expect(grid.stdout).toMatch(/^score\.value +20 +-10\.5 /m);
  expect(grid.stdout).toMatch(/^score\.value +0\.5 +-/m);
  expect(grid.stdout).toMatch(/^20 succeeded, 0 failed, in /m);
  expect(grid.stderr).toContain('20/20 points · 0 failed · best 0');
  expect(documentOf(list)).toMatchObject({ succeeded: 3, reduced: { best: [{ index: 2, value: -729 }, {}, {}] } });
  expect(documentOf(random)).toMatchObject({ total: 25, succeeded: 25, reduced: { mean: { count: 25 } } });
  expect(documentOf(half)).toMatchObject({
    succeeded: 4,
    failed: 1,
    pipeline: { outputs: { ranked: { ranking: [3, 4, 1, 0], failed: [[2, 'NODE_FAILED']] } } },
  });
  expect([grid.code, list.code, random.code, half.code]).toEqual([0, 0, 0, 1]);
});

test('Ctrl-C detaches with 130: it goes on, and the same command comes back to it', async () => {
  await startWorker();
  const sweep = score('work=150', '--grid', 'x=0..11', '--concurrency', '2', '--metric', 'score.value', '--json');
  const first = startCommand(sweep);
  await first.said('Sweep ');
  first.child.kill('SIGINT');
  const ended = await first.ended;
  expect([ended.code, ended.stdout]).toEqual([130, '']);
  const second = await command(sweep);
  expect(second.stderr).toContain('Found sweep');
  expect(documentOf(second)).toMatchObject({ total: 12, succeeded: 12 });
  expect(journal(folder)).toHaveLength(12);
});

describe('what is wrong is said by the flag:', () => {
  const program = () =>
    withSweep(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} });

  test.each([
    [[], 'needs points'],
    [['--grid', 'x'], 'not param=values'],
    [['--grid', 'x=5..1'], 'a range goes up'],
    [['--random', 'x=uniform(0,1)'], '--count'],
    [['--random', 'x=unifrom(0,1)', '--count', '2'], 'Did you mean "uniform"'],
    [['--random', 'x=5', '--count', '2'], 'param=distribution'],
    [['--list', '@nowhere.json'], 'cannot be read'],
    [['--repeat', '2', '--patience', '3'], '--metric'],
    [['--repeat', '2', '--metric', 'a', '--max', '--min'], '--min'],
    [['--repeat', '2', '--max-failures', 'some'], '--max-failures'],
  ])('%j', async (flags, why) => {
    const options = async () => {
      const { points } = await optionsOf(program().parse(flags, { from: 'user' }).opts<SweepFlags>());
      pointsOf(points, 'id');
    };
    await expect(options()).rejects.toThrow(why);
  });

  test('with 2, before anything is started', async () => {
    const ended = await command(['sweep', '--grid', 'x', '--json', ...server]);
    expect(ended.code).toBe(2);
    expect(documentOf(ended)).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
  });
});
