/**
 * The page with the calendar of 10,000 intervals in a real Chromium: until it is on the screen whole, and what an update that
 * ends ten of them costs, both beside a calendar of a hundred.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { inform, median, report } from './measure.ts';
import { openEndpoint } from './page/endpoint.ts';

const WATCH = path.join(import.meta.dirname, 'page/watch-events.js');
const MANY = 10_000;
const FEW = 100;
const ROUNDS = 5;
const UPDATES = 40;
/** One picture, of sixty a second. */
const FRAME_MS = 1000 / 60;

interface Figures {
  /** Milliseconds from the start of loading until the calendar is on the screen. */
  readonly painted: number;
  /** Milliseconds of the page's main thread for one update, and from its event to the picture. */
  readonly work: number;
  readonly shown: number;
}

/** Returns false when an aim is missed. */
export async function benchPage(): Promise<boolean> {
  const executablePath = process.env.CHROMIUM_PATH || found();
  if (executablePath === undefined) {
    console.log('page: skipped, all of it: there is no chromium');
    return true;
  }
  await using closing = await launched(executablePath);
  const many: Figures[] = [];
  const few: Figures[] = [];
  await figuresOf(closing.browser, FEW);
  for (let round = 0; round < ROUNDS; round++) {
    many.push(await figuresOf(closing.browser, MANY));
    few.push(await figuresOf(closing.browser, FEW));
  }
  const of = (all: readonly Figures[], what: keyof Figures) => median(all.map((each) => each[what]));
  const both = (what: keyof Figures) => `${of(many, what).toFixed(1)}, ${of(few, what).toFixed(1)} ms`;
  inform(`page, ${MANY} and ${FEW} intervals: on the screen whole after`, both('painted'));
  inform(`page, ${MANY} and ${FEW} intervals: an update, until it is shown`, both('shown'));
  inform(`page, ${MANY} and ${FEW} intervals: an update, work of the page`, both('work'));
  const work = of(many, 'work');
  report(`page, ${MANY} intervals: an update, in a frame`, `${work.toFixed(1)} ms`, '< 16.7 ms', work < FRAME_MS);
  return work < FRAME_MS;
}

async function figuresOf(browser: Browser, size: number): Promise<Figures> {
  await using endpoint = await openEndpoint(size);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript({ path: WATCH });
    await page.goto(`${endpoint.url}/#/jobs/readings`);
    const mark = 'kedro-temporal:painted';
    await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, mark);
    const cells = await page.locator('td[data-index]').count();
    if (cells !== size) throw new Error(`the calendar shows ${cells} of ${size} intervals`);
    const painted = await page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN, mark);
    await page.waitForFunction(() => performance.getEntriesByName('bench:shown').length > 0);
    await sleep(500);
    return { painted, ...(await updatesOf(page, () => endpoint.advance(size === MANY ? 10 : 1))) };
  } finally {
    await context.close();
  }
}

async function updatesOf(page: Page, advance: () => void): Promise<Omit<Figures, 'painted'>> {
  const session = await page.context().newCDPSession(page);
  // Of the processor, not of the clock: other programs take no part in it.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  await page.evaluate(() => performance.clearMeasures('bench:shown'));
  const before = await taskSeconds();
  for (let i = 0; i < UPDATES; i++) {
    advance();
    await sleep(50);
  }
  const work = ((await taskSeconds()) - before) * 1000;
  const shown = await page.evaluate(() => performance.getEntriesByName('bench:shown').map(({ duration }) => duration));
  if (shown.length < UPDATES / 2) throw new Error(`the page heard of ${shown.length} of ${UPDATES} updates`);
  return { work: work / UPDATES, shown: median(shown) };
}

async function launched(executablePath: string): Promise<{ browser: Browser } & AsyncDisposable> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

function found(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { status, stdout } = spawnSync('which', [name], { encoding: 'utf8' });
    if (status === 0) return stdout.trim();
  }
  return undefined;
}
