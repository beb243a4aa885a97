/** A job's calendar: what it shows, by mouse and by keys, and what an update of it touches. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { at, cellName, see, withBrowser } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { daysOf, hoursWorld, intervalsOf, NO_STATES, weatherWorld } from './worlds.ts';

describe.skipIf(chromiumPath() === undefined)('the calendar in Chromium', () => {
  const { start, open } = withBrowser();

  test('counts the days of each state, names each cell, and opens the run of a clicked day', async () => {
    const endpoint = await start(weatherWorld());
    const { page, complaints } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    const legend = page.getByRole('list', { name: '365 intervals by state' });
    await legend.waitFor();
    const words = ((await legend.textContent()) ?? '').replace(/\s+/g, ' ').trim();
    expect(words).toBe('224 succeeded 3 failed 8 running 10 skipped 1 cancelled 119 to come');
    expect(await cellName(page, '2015-02-11')).toBe('2015-02-11: failed, NODE_FAILED');
    expect(await cellName(page, '2015-01-01')).toBe('2015-01-01: skipped, COMPLETED');
    expect(await cellName(page, '2015-12-31')).toBe('2015-12-31: to come');
    await page.getByLabel('2015-02-11: failed').click();
    await at(page, '#/jobs/weather/2015-02-11');
    await page.getByRole('heading', { level: 1, name: '2015-02-11' }).waitFor();
    await see(page, 'no reading between 06:00 and 18:00');
    expect(complaints).toEqual([]);
  });

  test('goes by keys alone from the top of the page to a day’s run, and back to its cell', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await cellName(page, '2015-01-01');
    await tabTo(page, '2015-01-01: skipped, COMPLETED');
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    expect(await focused(page)).toBe('2015-01-17: succeeded');
    await page.keyboard.press('Control+End');
    expect(await focused(page)).toBe('2015-12-31: to come');
    await page.keyboard.press('Control+Home');
    for (let i = 0; i < 30; i++) await page.keyboard.press(i % 7 === 3 ? 'ArrowRight' : 'ArrowDown');
    const cell = await focused(page);
    const [key = ''] = cell.split(':');
    await page.keyboard.press('Enter');
    await at(page, `#/jobs/weather/${key}`);
    await expect.poll(() => focused(page)).toBe(key);
    await page.keyboard.press('Escape');
    await at(page, '#/jobs/weather');
    await expect.poll(() => focused(page)).toBe(cell);
  });

  test('moves cells and counts when days end', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    await see(page, 'live');
    endpoint.world.settle('weather', [238], 'succeeded', 'RAN');
    endpoint.world.settle('weather', [239], 'failed', 'NODE_FAILED');
    endpoint.tell('intervals:weather');
    await expect.poll(() => cellName(page, '2015-08-27')).toBe('2015-08-27: succeeded');
    expect(await cellName(page, '2015-08-28')).toBe('2015-08-28: failed, NODE_FAILED');
    await expect
      .poll(() => page.getByRole('list', { name: '365 intervals by state' }).textContent())
      .toMatch(/225\s*succeeded\s*4\s*failed\s*6\s*running/);
  });

  test('grows when the range does', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    const days = ['2015-01-01', '2015-01-02'];
    endpoint.world.intervals.set('weather', intervalsOf('weather', 'day', days, NO_STATES));
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await cellName(page, '2015-01-02');
    await see(page, 'live');
    endpoint.world.intervals.set('weather', intervalsOf('weather', 'day', [...days, '2015-01-03'], NO_STATES));
    endpoint.world.isBrief = false;
    endpoint.tell('intervals:weather');
    expect(await cellName(page, '2015-01-03')).toBe('2015-01-03: to come');
  });

  test('of 10,000 intervals touches those that changed and no other', async () => {
    const endpoint = await start(hoursWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/readings`);
    await cellName(page, '2014-01-01T00');
    expect(await page.locator('td[data-index]').count()).toBe(10_000);
    await see(page, 'live');
    await countTouched(page);
    endpoint.world.settle('readings', [6000, 6001, 6002], 'succeeded', 'RAN');
    endpoint.world.settle('readings', [6003], 'failed', 'HOST_DIED');
    endpoint.tell('intervals:readings');
    await expect.poll(() => cellName(page, '2014-09-08T03')).toBe('2014-09-08T03: failed, HOST_DIED');
    expect(await touched(page)).toEqual(['6000', '6001', '6002', '6003']);
  });

  test('folds years away in which nothing has run, and shows them when asked', async () => {
    const world = weatherWorld();
    const states = { ...NO_STATES, succeeded: { RAN: [[0, 40] as const] } };
    world.intervals.set('weather', intervalsOf('weather', 'day', daysOf('2015-01-01', 3 * 365), states));
    const endpoint = await start(world);
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await cellName(page, '2015-01-01');
    expect(await page.getByRole('grid').count()).toBe(1);
    await page.getByRole('button', { name: 'Show 2 more, all to come' }).click();
    expect(await page.getByRole('grid').count()).toBe(3);
    expect(await cellName(page, '2017-06-01')).toBe('2017-06-01: to come');
  });

  test('says what to type where no interval has run yet', async () => {
    const world = weatherWorld();
    world.intervals.set('weather', intervalsOf('weather', 'day', [], NO_STATES));
    const endpoint = await start(world);
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await see(page, 'npx kedro-temporal backfill --job weather');
  });
});

// Code of the page is text here: these files know no DOM.

async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
  );
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let i = 0; i < 20 && (await focused(page)) !== name; i++) await page.keyboard.press('Tab');
  expect(await focused(page)).toBe(name);
}

// What an observer sees of the calendar is written on the body.
async function countTouched(page: Page): Promise<void> {
  await page.evaluate(`{
    const seen = new Set();
    new MutationObserver((records) => {
      for (const { target } of records) seen.add(target.dataset?.index ?? target.nodeName);
      document.body.dataset.touched = [...seen].sort().join();
    }).observe(document.querySelector('.blocks'), { subtree: true, childList: true, attributes: true, characterData: true });
  }`);
}

async function touched(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(document.body.dataset.touched ?? '').split(',')`);
}
