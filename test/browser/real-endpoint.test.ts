/** The page on the real endpoint, with a real server and a real worker behind it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openNativeSession } from '../../src/index.ts';
import { createKedroServer } from '../../src/server/index.ts';
import { jobOf } from '../temporal/backfills.ts';
import { openStack, PROJECT, quietRuntime, type Stack } from '../temporal/stack.ts';
import { cellName, see, withBrowser } from './browser.ts';
import { chromiumPath } from './chromium.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

beforeAll(() => {
  quietRuntime();
  // `npm test` has built it: again would be in the way of others who read it.
  if (!existsSync(path.join(ROOT, 'dist/src/server/page/index.html')))
    execFileSync(process.execPath, [path.join(ROOT, 'src/page/build.mjs')]);
});

async function openEndpoint(stack: Stack): Promise<string> {
  const session = await openNativeSession({ project: PROJECT });
  const temporal = { client: stack.client, taskQueue: stack.taskQueue };
  const server = await createKedroServer({ session, temporal });
  onTestFinished(async () => {
    await server.close();
    await session.close();
  });
  return await server.listen({ port: 0 });
}

describe.skipIf(chromiumPath() === undefined)('the page on the real endpoint', () => {
  const { open } = withBrowser();

  test('shows the days of a backfill as they end, pauses it, shows why a day failed, and retries it', async () => {
    const stack = await openStack();
    await stack.startWorker();
    const url = await openEndpoint(stack);
    const job = jobOf(stack, 12, { work: 150, bad: ['2015-01-02'] });
    const { page, complaints, hosts } = await open();
    const backfill = await stack.kedro.startBackfill({ ...job, concurrency: 2 });
    await page.goto(`${url}/#/jobs/${job.job}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await backfill.progress()).phase).toBe('paused');
    expect(await cellName(page, '2015-01-12')).toBe('2015-01-12: to come');
    await page.getByLabel('Runs at once').fill('4');
    await page.getByRole('button', { name: 'Set' }).click();
    await expect.poll(async () => (await backfill.progress()).concurrency).toBe(4);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => cellName(page, '2015-01-12'), { timeout: 40_000 }).toBe('2015-01-12: succeeded');
    await expect.poll(() => cellName(page, '2015-01-02')).toBe('2015-01-02: failed, NODE_FAILED');
    await page.getByLabel('2015-01-02: failed').click();
    await see(page, '2015-01-02 is bad');
    await page.getByRole('table', { name: 'Attempts' }).waitFor();
    await writeFile(path.join(stack.folder, 'mended'), '');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Retry 1 failed' }).click();
    await expect.poll(() => cellName(page, '2015-01-02'), { timeout: 40_000 }).toBe('2015-01-02: succeeded');
    expect([...hosts]).toEqual([new URL(url).host]);
    expect(complaints).toEqual([]);
  }, 120_000);
});
