/** A backfill on the page: how far it is, and that each control reaches the endpoint as it is meant. */
import { describe, expect, test } from 'vitest';
import { see, withBrowser } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import { WEATHER_BACKFILL, weatherWorld } from './worlds.ts';

const ADDRESS = `/#/backfills/${encodeURIComponent(WEATHER_BACKFILL)}`;

describe.skipIf(chromiumPath() === undefined)('a backfill in Chromium', () => {
  const { start, open } = withBrowser();

  async function shown() {
    const endpoint = await start(weatherWorld());
    const tab = await open();
    await tab.page.goto(`${endpoint.url}${ADDRESS}`);
    await tab.page.getByRole('progressbar').waitFor();
    return { endpoint, backfill: endpoint.world.backfillOf(WEATHER_BACKFILL), ...tab };
  }

  test('shows progress, rate, time left and the first failures, each with a link to its run', async () => {
    const { page } = await shown();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('238 of 365');
    await see(page, '3 min left');
    await see(page, '40 a minute');
    await see(page, 'live runs go first');
    await page.getByRole('region', { name: 'Failures' }).getByRole('link', { name: '2015-05-05' }).click();
    await page.getByRole('heading', { level: 1, name: '2015-05-05' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: 'Backfill' }).waitFor();
  });

  test('says its range by its first and its last interval', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/backfills/${encodeURIComponent(WEATHER_BACKFILL)}`);
    await see(page, '2015-01-01 to 2015-12-31, each day');
    Object.assign(endpoint.world.backfillOf(WEATHER_BACKFILL), { last_key: '2015-01-01', total: 1 });
    await see(page, 'live');
    endpoint.tell(`backfill:${WEATHER_BACKFILL}`);
    await expect.poll(() => page.getByText('2015-01-01', { exact: true }).count()).toBe(1);
  });

  test('is paused and resumed by one button', async () => {
    const { page, endpoint } = await shown();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(endpoint.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST /backfills/${WEATHER_BACKFILL}/pause`,
      `POST /backfills/${WEATHER_BACKFILL}/resume`,
    ]);
  });

  test('is cancelled when the question is answered so, and not before', async () => {
    const { page, endpoint } = await shown();
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await see(page, '127 intervals that did not end');
    await page.getByRole('button', { name: 'Go on' }).click();
    expect(endpoint.asked).toEqual([]);
    await page.getByRole('button', { name: 'Cancel …' }).click();
    await page.getByRole('button', { name: 'Cancel the backfill' }).click();
    await expect.poll(() => endpoint.asked.map(({ url }) => url)).toEqual([`/backfills/${WEATHER_BACKFILL}/cancel`]);
    await expect.poll(() => page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await page.getByLabel('Runs at once').count()).toBe(0);
  });

  test('retries what failed', async () => {
    const { page, endpoint } = await shown();
    await page.getByRole('button', { name: 'Retry 3 failed, 1 cancelled' }).click();
    await page.getByRole('button', { name: 'Retry 1 cancelled' }).waitFor();
    expect(endpoint.asked).toEqual([{ method: 'POST', url: `/backfills/${WEATHER_BACKFILL}/retry`, body: {} }]);
  });

  test('gets another concurrency, within its bounds only', async () => {
    const { page, endpoint } = await shown();
    const field = page.getByLabel('Runs at once');
    const button = page.getByRole('button', { name: 'Set' });
    expect(await field.inputValue()).toBe('20');
    expect(await button.isDisabled()).toBe(true);
    await field.fill('0');
    expect(await button.isDisabled()).toBe(true);
    await field.fill('40');
    await button.click();
    await expect.poll(() => endpoint.asked.at(-1)?.body).toEqual({ concurrency: 40 });
    await expect.poll(() => button.isDisabled()).toBe(true);
  });

  test('says beside the buttons why a control failed, until the next one', async () => {
    const { page, endpoint } = await shown();
    endpoint.refuse('BACKFILL_ENDED', 'The backfill has ended.');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').getByText('The backfill has ended.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('can still be paused while its worker is too busy to answer', async () => {
    const { page, endpoint, backfill } = await shown();
    await see(page, 'live');
    backfill.phase = 'unknown';
    endpoint.tell(`backfill:${WEATHER_BACKFILL}`);
    await see(page, 'this is what it said last');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  test('offers nothing but retry when it has ended', async () => {
    const { page, endpoint, backfill } = await shown();
    await see(page, 'live');
    Object.assign(backfill, { phase: 'ended', ended_at: new Date().toISOString(), running: 0, succeeded: 351 });
    endpoint.tell(`backfill:${WEATHER_BACKFILL}`);
    await expect.poll(() => page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('365 of 365');
    const buttons = await page.locator('main').getByRole('button').allTextContents();
    expect(buttons).toEqual(['Retry 3 failed, 1 cancelled']);
  });

  test('tells a screen reader of a new phase at once, and of progress rarely', async () => {
    const { page, endpoint, backfill } = await shown();
    const status = page.locator('main').getByRole('status');
    await expect.poll(() => status.textContent()).toMatch(/238 of 365 intervals done/);
    await see(page, 'live');
    backfill.succeeded += 1;
    endpoint.tell(`backfill:${WEATHER_BACKFILL}`);
    await expect.poll(() => page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('239 of 365');
    expect(await status.textContent()).toMatch(/238 of 365/);
    backfill.phase = 'paused';
    endpoint.tell(`backfill:${WEATHER_BACKFILL}`);
    await expect.poll(() => status.textContent()).toMatch(/paused: 239 of 365/);
  });
});
