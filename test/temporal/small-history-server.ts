import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DevServer, findTemporalCli, openDevServer } from '../../src/dev/index.ts';

/** A dev server that suggests to continue as new after `events` events, where Temporal's own limit is 4,096. */
export async function openSmallHistoryServer(events: number): Promise<DevServer> {
  const environment = { ...process.env, TEMPORAL_ADDRESS: '' };
  const { path: cli } = await findTemporalCli({ environment });
  const folder = await mkdtemp(path.join(tmpdir(), 'kedro-temporal-cli-'));
  const wrapper = path.join(folder, 'temporal');
  const setting = `limit.historyCount.suggestContinueAsNew=${events}`;
  await writeFile(wrapper, `#!/bin/sh\nexec "${cli}" "$@" --dynamic-config-value ${setting}\n`);
  await chmod(wrapper, 0o755);
  try {
    return await openDevServer({ port: 0, ui: false, environment: { ...environment, KEDRO_TEMPORAL_CLI: wrapper } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
