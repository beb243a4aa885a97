/**
 * `npm test`: type check, lint, and every test, with what they need set up first. A part that this machine cannot run is
 * named as skipped; where CI is set, that is a failure. Ends with a plain line, `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromiumPath } from './browser/chromium.ts';
import { mainPython, makePython, PYTHONS } from './kedro/pythons.ts';
import { postgresPrograms } from './postgres/server.ts';
import { makeS3Python } from './s3/python.ts';
import { makeSchemathesis } from './server/schemathesis.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const isCi = Boolean(process.env.CI) && process.env.CI !== 'false';

interface Count {
  passed: number;
  failed: number;
  skipped: string[];
}

function part(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  return status === 0;
}

function bin(name: string): string {
  return path.join(ROOT, 'node_modules/.bin', name);
}

function vitest(env: NodeJS.ProcessEnv): Count {
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-test-'));
  const file = path.join(folder, 'report.json');
  try {
    const isClean = part(
      'tests',
      bin('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile=${file}`, ...process.argv.slice(2)],
      env,
    );
    const count = countOf(file);
    // A file that does not load has no tests to count, and an error between tests fails no test.
    return isClean || count.failed > 0 ? count : { ...count, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[];
}

function countOf(file: string): Count {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    const tests = report.testResults.flatMap((each) =>
      each.assertionResults.map(({ status, fullName }) => ({
        status,
        name: `${path.relative(ROOT, each.name)}: ${fullName}`,
      })),
    );
    const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ name }) => name);
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped };
  } catch {
    return { passed: 0, failed: 0, skipped: [] };
  }
}

const skippedParts: string[] = [];
for (const name of PYTHONS) {
  const reason = makePython(name, console.log);
  if (reason !== undefined) skippedParts.push(`real Kedro (${name}): ${reason}`);
}
const s3Reason = makeS3Python(console.log);
if (s3Reason !== undefined) skippedParts.push(`S3: ${s3Reason}`);
const schemathesisReason = makeSchemathesis(console.log);
if (schemathesisReason !== undefined) skippedParts.push(`schemathesis: ${schemathesisReason}`);
if (postgresPrograms() === undefined) {
  skippedParts.push('PostgreSQL: there is no initdb in /usr/lib/postgresql or beside pg_config');
}
if (chromiumPath() === undefined) {
  skippedParts.push('the page in a browser: there is no chromium on the PATH or in CHROMIUM_PATH');
}
const python = mainPython();

const checks = [
  part('types', bin('tsc'), ['-p', '.']),
  part('types of the page', bin('tsc'), ['-p', 'src/page']),
  part('lint', bin('biome'), ['check', '.']),
  part('build', 'npm', ['run', '--silent', 'build']),
];
const count = vitest(python === undefined ? {} : { KEDRO_TEMPORAL_PYTHON: python });

const skipped = [...skippedParts, ...count.skipped];
for (const name of skipped) console.log(`skipped: ${name}`);
if (isCi && skipped.length > 0) console.log('CI is set: what is skipped counts as failed.');

const passed = count.passed + checks.filter(Boolean).length;
const failed = count.failed + checks.filter((isGood) => !isGood).length + (isCi ? skipped.length : 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
