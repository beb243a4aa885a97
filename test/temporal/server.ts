/** One dev server and one bundle of the workflows for all tests that need Temporal; vitest opens them before the first one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { openDevServer } from '../../src/dev/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` */
    temporalAddress: string;
    /** File of the bundled workflows. */
    workflowBundle: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-bundle-'));
  const environment = { ...process.env, TEMPORAL_ADDRESS: '' };
  // A machine without the Temporal CLI obtains it now, once, which takes minutes.
  const server = await openDevServer({ port: 0, ui: false, environment, onMessage: (text) => console.error(text) });
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.resolve(import.meta.dirname, '../../workflows/index.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = path.join(folder, 'workflows.js');
  await writeFile(bundle, code);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundle', bundle);
  return async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
}
