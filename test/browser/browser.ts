/** A real Chromium for tests of the page, and the page itself, bundled. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { chromiumPath } from './chromium.ts';
import { type FakeEndpoint, startFakeEndpoint } from './fake-endpoint.ts';
import type { World } from './worlds.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenOptions {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
}

/** A tab of its own profile, with what it must not do. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings of the console, and uncaught ones. */
  readonly complaints: string[];
  /** Hosts that were asked. */
  readonly hosts: Set<string>;
}

/** What a test file needs: bundles the page before the first test. What `start` and `open` make is closed with its test. */
export function withBrowser() {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-page-'));
    await promisify(execFile)(process.execPath, [path.join(ROOT, 'src/page/build.mjs'), folder]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const start = async (world: World, options: { port?: number; token?: string } = {}): Promise<FakeEndpoint> => {
    const endpoint = await startFakeEndpoint({ world, page: folder, ...options });
    onTestFinished(() => endpoint.close());
    return endpoint;
  };
  return { start, open: openTab };
}

async function openTab({ width = 1280, height = 900, theme = 'light' }: OpenOptions = {}): Promise<Tab> {
  const profile = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-chromium-'));
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('There is no Chromium: install it, or name it in CHROMIUM_PATH.');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: FLAGS,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  onTestFinished(async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  return { page, context, complaints, hosts };
}

/** Waits until `text` is on the page. */
export async function see(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}

/** The state of an interval's cell, as a screen reader says it. */
export async function cellName(page: Page, key: string): Promise<string> {
  const cell = page.locator(`td[aria-label^="${key}:"]`);
  await cell.waitFor();
  return (await cell.getAttribute('aria-label')) ?? '';
}

/** Waits until the address ends so. */
export async function at(page: Page, hash: string): Promise<void> {
  await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toBe(hash);
}
