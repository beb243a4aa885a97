/** Every error code is raised by something, and the page that documents them lists exactly these. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../src/core/index.ts';
import { type DevServer, findTemporalCli, openDevServer } from '../src/dev/index.ts';
import { durableErrors, serverErrors } from './errors/durable.ts';
import { endpointErrors } from './errors/endpoints.ts';
import { projectErrors } from './errors/projects.ts';
import { runErrors } from './errors/runs.ts';
import { kedroErrors } from './kedro/error-ways.ts';

let server: DevServer;

// A code without a way, or a way without a code, does not compile.
const WAYS = {
  ...projectErrors,
  ...runErrors,
  ...durableErrors,
  ...kedroErrors,
  ...endpointErrors,
  ...serverErrors(() => server.address),
} satisfies Record<ErrorCode, () => Promise<unknown>>;

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe('each code is what its way ends with', () => {
  beforeAll(async () => {
    const { path: cli } = await findTemporalCli();
    const environment = { ...process.env, TEMPORAL_ADDRESS: '', KEDRO_TEMPORAL_CLI: cli };
    server = await openDevServer({ port: 0, ui: false, environment });
  }, 600_000);
  afterAll(() => server.close());

  test.each(CODES)('%s', async (code) => {
    const error = await WAYS[code]().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'PipelineError', code, message: expect.stringMatching(/\S{3}/) });
    // An error may know better than its code that trying again is in vain, never the other way round.
    if (!ERROR_CODES[code].retryable) expect(error).toMatchObject({ retryable: false });
  });
});

test('there is a way for each code and a code for each way', () => {
  expect(Object.keys(WAYS).sort()).toEqual([...CODES].sort());
});

test('docs/errors.md lists exactly the codes of the table, with the same words and the same advice on trying again', async () => {
  const page = await readFile(path.join(import.meta.dirname, '../docs/errors.md'), 'utf8');
  const rows = page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const code = /^`([A-Z_]+)`$/.exec(cells[1] ?? '')?.[1];
    return code === undefined ? [] : [{ code, again: cells[2], means: cells[3], help: cells[4] }];
  });
  const table = CODES.map((code) => {
    const { retryable, means } = ERROR_CODES[code];
    return { code, again: retryable ? 'yes' : 'no', means, help: expect.stringMatching(/^[A-Z].*\.$/) };
  });
  expect(rows.map(({ code }) => code)).toEqual(CODES);
  expect(rows).toEqual(table);
});
