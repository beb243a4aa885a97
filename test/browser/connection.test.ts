/** How the page stays true: one stream for what is shown, polling while there is none, a login where one is wanted. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { JobView } from '../../src/server/index.ts';
import { cellName, see, withBrowser } from './browser.ts';
import { chromiumPath } from './chromium.ts';
import type { FakeEndpoint } from './fake-endpoint.ts';
import { intervalsOf, NO_STATES, WEATHER_BACKFILL, weatherWorld } from './worlds.ts';

describe.skipIf(chromiumPath() === undefined)('the connection in Chromium', () => {
  const { start, open } = withBrowser();

  test('follows what the view shows by one stream, and another view by another', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await see(page, 'live');
    await expect
      .poll(() => endpoint.streams.at(-1))
      .toEqual(['about', `backfill:${WEATHER_BACKFILL}`, 'intervals:weather', 'jobs']);
    await page.getByLabel('2015-01-31: succeeded').click();
    await expect.poll(() => endpoint.streams.at(-1)).toEqual(['about', 'intervals:weather', 'run:weather/2015-01-31']);
    await expect.poll(() => endpoint.open()).toBe(1);
  });

  test('says that it reconnects while the endpoint is away, and shows what has changed when it is back', async () => {
    const world = weatherWorld();
    const first = await start(world);
    const { page } = await open();
    await page.goto(`${first.url}/#/jobs/weather`);
    await cellName(page, '2015-08-27');
    await see(page, 'live');
    await first.close();
    await see(page, 'reconnecting');
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    world.settle('weather', [238], 'succeeded', 'RAN');
    await start(world, { port: first.port });
    await expect.poll(() => cellName(page, '2015-08-27'), { timeout: 20_000 }).toBe('2015-08-27: succeeded');
    await expect.poll(() => page.locator('.connection').textContent(), { timeout: 20_000 }).toBe('live');
  });

  test('asks for the topics again and again where streams do not work', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.route('**/events?*', (route) => route.fulfill({ status: 502, body: 'a proxy' }));
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    await see(page, 'reconnecting');
    endpoint.world.settle('weather', [238], 'succeeded', 'RAN');
    await expect.poll(() => cellName(page, '2015-08-27'), { timeout: 15_000 }).toBe('2015-08-27: succeeded');
  });

  test('shows a topic’s problem beside what it knew, until the topic is there again', async () => {
    const endpoint = await start(weatherWorld());
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await cellName(page, '2015-08-27');
    await see(page, 'live');
    endpoint.trouble('intervals:weather', 'SERVER_UNREACHABLE', 'The Temporal server is away.');
    await see(page, 'The Temporal server is away.');
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    endpoint.tell('intervals:weather');
    await expect.poll(() => page.getByText('The Temporal server is away.').count()).toBe(0);
  });

  test('sets states beside the keys they came after, though no picture was made in between, as in a hidden tab', async () => {
    const endpoint = await start(weatherWorld());
    const { world } = endpoint;
    const days = ['2015-01-01', '2015-01-02', '2015-01-03'];
    world.intervals.set('weather', intervalsOf('weather', 'day', days.slice(1), NO_STATES));
    const { page } = await open();
    await holdFrames(page);
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await cellName(page, '2015-01-03');
    await see(page, 'live');
    await page.evaluate('window.hold()');
    world.intervals.set('weather', intervalsOf('weather', 'day', days, NO_STATES));
    world.isBrief = false;
    endpoint.tell('intervals:weather');
    world.isBrief = true;
    world.settle('weather', [0], 'succeeded', 'RAN');
    endpoint.tell('intervals:weather');
    await expect.poll(() => page.evaluate('window.heard')).toBe(2);
    await page.evaluate('window.release()');
    expect(await cellName(page, '2015-01-01')).toBe('2015-01-01: succeeded');
    expect(await cellName(page, '2015-01-02')).toBe('2015-01-02: to come');
  });

  test.each([
    ['of a wrong shape', (endpoint: FakeEndpoint) => endpoint.tell('jobs')],
    ['that is no JSON', (endpoint: FakeEndpoint) => endpoint.garble('jobs')],
  ])('goes on with the other topics after an answer %s', async (_, spoil) => {
    const endpoint = await start(weatherWorld());
    const { page, complaints } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    await see(page, 'live');
    const { jobs } = endpoint.world;
    endpoint.world.jobs = [null as unknown as JobView];
    spoil(endpoint);
    await expect.poll(() => complaints.length).toBeGreaterThan(0);
    endpoint.world.settle('weather', [238], 'succeeded', 'RAN');
    endpoint.tell('intervals:weather');
    await expect.poll(() => cellName(page, '2015-08-27')).toBe('2015-08-27: succeeded');
    endpoint.world.jobs = jobs.map((job) => ({ ...job, description: 'Mended.' }));
    endpoint.tell('jobs');
    await see(page, 'Mended.');
  });

  test('asks for the token where the endpoint wants one, and goes on where it was', async () => {
    const endpoint = await start(weatherWorld(), { token: 'open sesame' });
    const { page } = await open();
    await page.goto(`${endpoint.url}/#/jobs/weather`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Token').fill('open barley');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('That is not the token.').waitFor();
    await page.getByLabel('Token').fill('open sesame');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await cellName(page, '2015-08-27')).toBe('2015-08-27: running');
    await see(page, 'live');
  });

  test('asks no other host than its own, in any view', async () => {
    const endpoint = await start(weatherWorld());
    const { page, hosts, complaints } = await open();
    for (const hash of ['', 'jobs/weather', 'jobs/weather/2015-01-31', 'pipelines', 'sweeps/sweep-1', 'workers']) {
      await page.goto(`${endpoint.url}/#/${hash}`);
      await page.locator('h1').waitFor();
    }
    await see(page, 'worker-1@host');
    expect([...hosts]).toEqual([new URL(endpoint.url).host]);
    expect(complaints).toEqual([]);
  });
});

/** From `window.hold()` on there is no picture until `window.release()`; `window.heard` counts the events of intervals meanwhile. */
async function holdFrames(page: Page): Promise<void> {
  await page.addInitScript(`{
    const frame = window.requestAnimationFrame.bind(window);
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (topic, listener) {
      listen.call(this, topic, listener);
      if (topic.startsWith('intervals:')) listen.call(this, topic, () => { window.heard += 1; });
    };
    const held = [];
    window.hold = () => {
      window.heard = 0;
      window.requestAnimationFrame = (job) => held.push(job);
    };
    window.release = () => {
      window.requestAnimationFrame = frame;
      for (const job of held) frame(job);
    };
  }`);
}
