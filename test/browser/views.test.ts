/** Runs, pipelines, sweeps and workers, and what holds for every view. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { see, withBrowser } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { hoursWorld, intervalsOf, NO_STATES, WEATHER_BACKFILL, World, weatherWorld } from './worlds.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS: Record<string, { hash: string; shows: string }> = {
  overview: { hash: '', shows: 'Recent runs' },
  job: { hash: 'jobs/weather', shows: 'Newest backfill' },
  hours: { hash: 'jobs/readings', shows: '40 running' },
  'a run that succeeded': { hash: 'jobs/weather/2015-01-31', shows: 'Saved datasets' },
  'a run that failed': { hash: 'jobs/weather/2015-02-11', shows: 'drop_outliers' },
  'a run that runs': { hash: 'jobs/weather/2015-08-27', shows: 'rolling_means' },
  'a day without a run': { hash: 'jobs/weather/2015-12-11', shows: '--from 2015-12-11 --to 2015-12-12' },
  backfill: { hash: `backfills/${encodeURIComponent(WEATHER_BACKFILL)}`, shows: '3 failures' },
  pipeline: { hash: 'pipelines/features?run=weather%2F2015-08-27', shows: '4 nodes' },
  'a broken pipeline': { hash: 'pipelines/broken', shows: 'PIPELINE_BROKEN' },
  sweep: { hash: 'sweeps/sweep-1', shows: 'Best' },
  workers: { hash: 'workers', shows: 'pickle.PickleDataset' },
  nothing: { hash: 'elsewhere', shows: 'There is nothing at this address' },
};

describe.skipIf(chromiumPath() === undefined)('the views in Chromium', () => {
  const { start, open } = withBrowser();

  async function project() {
    const world = weatherWorld();
    const hours = hoursWorld(500);
    world.jobs.push(...hours.jobs);
    for (const [job, intervals] of hours.intervals) {
      world.intervals.set(job, { ...intervals, states: { ...NO_STATES, running: [[0, 40]] } });
    }
    return await start(world);
  }

  for (const theme of ['light', 'dark'] as const) {
    test(`have no serious or critical finding of axe, ${theme}`, async () => {
      const endpoint = await project();
      const { page } = await open({ theme });
      const findings: string[] = [];
      for (const [name, { hash, shows }] of Object.entries(VIEWS)) {
        await show(page, `${endpoint.url}/#/${hash}`, shows);
        findings.push(...(await axe(page)).map((finding) => `${name}: ${finding}`));
      }
      expect(findings).toEqual([]);
    }, 120_000);
  }

  test('fit a phone: no page is wider than the screen', async () => {
    const endpoint = await project();
    const { page } = await open({ width: 360, height: 740 });
    for (const [name, { hash, shows }] of Object.entries(VIEWS)) {
      await show(page, `${endpoint.url}/#/${hash}`, shows);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, name).toBeLessThanOrEqual(360);
    }
  }, 120_000);

  test('show names that are HTML as what they are', async () => {
    const hostile = '<img src=x onerror="document.title=\'hit\'">';
    const world = new World();
    world.jobs = [{ name: hostile, description: hostile, every: 'day', parts: [hostile, hostile], configured: true }];
    world.intervals.set(
      hostile,
      intervalsOf(hostile, hostile, [hostile, '2015-01-02'], { ...NO_STATES, failed: { [hostile]: [[0, 1]] } }),
    );
    const endpoint = await start(world);
    const { page, complaints } = await open();
    await page.goto(`${endpoint.url}/#/`);
    await page.getByLabel(`${hostile}: failed, ${hostile}`, { exact: true }).waitFor();
    expect(await page.getByRole('heading', { name: hostile }).count()).toBe(1);
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toBe('hit');
    expect(complaints).toEqual([]);
  });

  test('keep the theme that was chosen', async () => {
    const endpoint = await project();
    const { page } = await open();
    const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    await page.goto(endpoint.url);
    await page.getByLabel('Theme').waitFor();
    const light = await ground();
    await page.getByLabel('Theme').selectOption('dark');
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.reload();
    await page.getByLabel('Theme').waitFor();
    expect(await ground()).toBe(dark);
  });

  test('show a run with its attempts, params, outputs, datasets and links', async () => {
    const endpoint = await project();
    const { page } = await open();
    await show(page, `${endpoint.url}/#/jobs/weather/2015-01-31`, 'Saved datasets');
    expect(await page.getByRole('table', { name: 'Attempts' }).getByRole('row').count()).toBe(4);
    await see(page, '"depth": 4');
    await page.getByText('40 items').click();
    await see(page, '"celsius": 7.9');
    await see(page, 'data/02_clean/2015-01-31.json');
    expect(await page.getByRole('link', { name: 'Logs' }).getAttribute('href')).toBe(
      'http://localhost:3000/logs?run=2015-01-31',
    );
    await page.getByRole('link', { name: 'After: 2015-02-01' }).click();
    await page.getByRole('heading', { level: 1, name: '2015-02-01' }).waitFor();
  });

  test('never make a link of an address that is a script', async () => {
    const endpoint = await project();
    endpoint.world.runOf('weather/2015-01-31').links = { logs: 'javascript:alert(1)' };
    const { page } = await open();
    await show(page, `${endpoint.url}/#/jobs/weather/2015-01-31`, 'Saved datasets');
    expect(await page.locator('main a[href^="javascript"]').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Logs' }).count()).toBe(0);
  });

  test('cancel a run that runs', async () => {
    const endpoint = await project();
    const { page } = await open();
    await show(page, `${endpoint.url}/#/jobs/weather/2015-08-27`, 'rolling_means');
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await expect
      .poll(() => endpoint.asked)
      .toEqual([{ method: 'DELETE', url: '/runs/weather/2015-08-27', body: undefined }]);
    endpoint.tell('run:weather/2015-08-27');
    await expect.poll(() => page.getByRole('button', { name: 'Cancel …' }).count()).toBe(0);
  });

  test('show a live run’s states on the nodes of its pipeline, and what is known of a node, by keys', async () => {
    const endpoint = await project();
    const { page } = await open();
    await show(page, `${endpoint.url}/#/pipelines/features?run=weather%2F2015-08-27`, '4 nodes');
    const graph = page.getByRole('listbox', { name: 'Nodes and datasets' });
    await graph.getByRole('option', { name: 'node rolling_means: running' }).waitFor();
    await graph.getByRole('option', { name: 'node neighbours: done' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => graph.getByRole('option', { selected: true }).count()).toBe(1);
    await page.getByRole('region', { name: 'Details' }).getByText('windows').first().waitFor();
    await see(page, 'live');
    const node = endpoint.world.runOf('weather/2015-08-27').nodes.find(({ name }) => name === 'rolling_means');
    Object.assign(node ?? {}, { state: 'done', duration_ms: 900 });
    endpoint.tell('run:weather/2015-08-27');
    await graph.getByRole('option', { name: 'node rolling_means: done' }).waitFor();
  });

  test('plot a sweep’s points over the param that is chosen, and list its best', async () => {
    const endpoint = await project();
    const { page } = await open();
    await show(page, `${endpoint.url}/#/sweeps/sweep-1`, 'Best');
    await page.getByRole('img', { name: 'r2 by model.rate, 500 points' }).waitFor();
    await page.getByLabel('Across').selectOption('kind');
    await page.getByRole('img', { name: 'r2 by kind, 500 points' }).getByText('boosted').waitFor();
    await page.getByLabel('Up').selectOption('seconds');
    await page.getByRole('img', { name: 'seconds by kind, 500 points' }).waitFor();
    const best = page.getByRole('table', { name: 'Best points' }).getByRole('row').nth(1);
    expect(await best.getByRole('cell').first().textContent()).toBe(
      String(endpoint.world.sweeps.get('sweep-1')?.best?.index),
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(endpoint.asked.map(({ url }) => url)).toEqual(['/sweeps/sweep-1/pause']);
  });

  test('list a sweep’s best points by what it is after, whatever other metric would fit the best one', async () => {
    const endpoint = await project();
    const sweep = endpoint.world.sweepOf('sweep-1');
    const points = [0.5, 0.2, 0.9].map((loss, index) => ({
      index,
      params: { x: index },
      metrics: { rows: 100, loss },
    }));
    Object.assign(sweep, { points, best: points[1], params: ['x'], metrics: ['rows', 'loss'] });
    const { page } = await open();
    const indexes = () =>
      page.getByRole('table', { name: 'Best points' }).locator('tbody tr > :first-child').allTextContents();
    sweep.goal = { metric: 'loss', order: 'min' };
    await show(page, `${endpoint.url}/#/sweeps/sweep-1`, 'Best');
    expect(await indexes()).toEqual(['1', '0', '2']);
    await see(page, 'live');
    sweep.goal = { metric: 'loss', order: 'max' };
    endpoint.tell('sweep:sweep-1');
    await expect.poll(indexes).toEqual(['2', '0', '1']);
  });

  test('say of an interval without a workflow of its own how it stands and which backfill has it', async () => {
    const endpoint = await project();
    const { page } = await open();
    const failed = 'backfill "b" has it as one of its activities, where it failed (NODE_FAILED: Node clean: no rows.).';
    endpoint.world.unknown.set('weather/2015-05-05', failed);
    await show(page, `${endpoint.url}/#/jobs/weather/2015-05-05`, 'DATASET_LOAD_FAILED');
    await see(page, failed);
    expect(await page.locator('.state').first().textContent()).toBe(' failed');
    await see(page, '--from 2015-05-05 --to 2015-05-06');
    // What has succeeded need not be run again.
    await show(page, `${endpoint.url}/#/jobs/weather/2015-03-01`, 'There is nothing of the topic');
    expect(await page.locator('.state').first().textContent()).toBe(' succeeded');
    expect(await page.getByText('--from').count()).toBe(0);
  });

  test('show what each worker keeps warm, and ask again', async () => {
    const endpoint = await project();
    const { page } = await open();
    await show(page, `${endpoint.url}/#/workers`, 'pickle.PickleDataset');
    await see(page, '184 MB');
    await see(page, '18,402 ×');
    await see(page, 'did not answer within 5 seconds');
    endpoint.world.workers = { task_queue: 'kedro', workers: [] };
    await page.getByRole('button', { name: 'Ask again' }).click();
    await see(page, 'No worker listens on the task queue kedro.');
  });
});

async function show(page: Page, address: string, text: string): Promise<void> {
  await page.goto(address);
  await page.getByText(text).first().waitFor();
}

interface Finding {
  id: string;
  impact: string;
  nodes: { target: string[]; failureSummary: string }[];
}

async function axe(page: Page): Promise<string[]> {
  const violations = (await page.evaluate(
    `(() => { ${AXE}; return axe.run().then(({ violations }) => violations); })()`,
  )) as Finding[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')} (${nodes.length}) ${nodes[0]?.failureSummary}`);
}
