/** schemathesis makes requests of all kinds from our OpenAPI document: no answer is a 5xx, and none is undocumented. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject, test } from 'vitest';
import { readJobs } from '../../src/jobs/index.ts';
import { jsonEntry, pipelineFile, withSession } from '../projects/tiny.ts';
import { withEndpoint } from './asking.ts';
import { schemathesis } from './schemathesis.ts';

const FILES = {
  'conf/base/catalog.yml': jsonEntry('totals'),
  'conf/base/parameters.yml': 'vat: 0.2\nother: { deep: [1] }\n',
  'conf/base/temporal.yml': 'jobs: { daily: { pipeline: totals, every: day } }\n',
  'pipelines/totals.ts': pipelineFile(`
    node((orders: unknown, vat: unknown) => ({ orders, vat }), { inputs: ['orders', 'params:vat'], outputs: 'totals', name: 'total' }),
    node((totals: object) => JSON.stringify(totals).length, { inputs: 'totals', outputs: 'length', name: 'measure' })`),
  'pipelines/fails.ts': pipelineFile(`node(() => { throw new Error('no'); }, { outputs: 'none', name: 'fail' })`),
  'pipelines/broken.ts': 'throw new Error("does not import");',
};

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
];
const EXAMPLES = 12;

const program = schemathesis();

describe.skipIf(program === undefined)('with schemathesis', () => {
  test('no 5xx, and nothing undocumented', async () => {
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const folder = await mkdtemp(path.join(tmpdir(), 'schemathesis-'));
    try {
      const temporal = { client: new Client({ connection }), taskQueue: `schemathesis-${crypto.randomUUID()}` };
      await withSession(FILES, (session, project) =>
        // There is no worker: durable runs are answered with 202 before long.
        withEndpoint(
          session,
          { temporal, jobs: () => readJobs({ project }), limits: { timeoutMs: 300 } },
          async ({ url }) => {
            const args = [
              'run',
              `${url}/openapi.json`,
              '--checks',
              CHECKS.join(','),
              '--max-examples',
              String(EXAMPLES),
            ];
            const how = ['--phases', 'examples,coverage,fuzzing', '--seed', '1', '--no-color', '--warnings', 'off'];
            const said = await promisify(execFile)(program ?? '', [...args, ...how], {
              cwd: folder,
              maxBuffer: 2 ** 26,
            }).catch(({ stdout }: { stdout: string }) => ({ stdout }));
            expect(said.stdout).toMatch(/Tested: \d{2}/);
            expect(said.stdout.split('= SUMMARY =')[0]).not.toMatch(/FAILURES|ERRORS/);
          },
        ),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
      await connection.close();
    }
  }, 180_000);
});
