/**
 * The example of the flights: a day's run on a warm session against the same SQL in a bare script that keeps its connection,
 * and all 182 days warm against a process per day.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openNativeSession } from 'kedro-temporal';
import { Race, timed } from './kedro/rounds.ts';
import { inform, report } from './measure.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const DAYS = Array.from({ length: 182 }, (_, i) => new Date(Date.UTC(2001, 0, 1 + i)).toISOString().slice(0, 10));

/** Returns false when an aim is missed. */
export async function benchFlights(): Promise<boolean> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-bench-flights-'));
  try {
    const project = copyProject(folder);
    await using session = await openNativeSession({ project });
    const bare = await bareScript(folder);
    const next = { session: 0, bare: 0 };
    const dayOf = (who: keyof typeof next) => DAYS[next[who]++ % 181] as string;
    const race = await Race.of(
      [
        { name: 'session', times: 10, run: (times) => timed(times, () => runDay(session, dayOf('session'))) },
        { name: 'bare', times: 10, run: (times) => timed(times, () => bare(dayOf('bare'))) },
      ],
      15,
    );
    const ratio = race.ratio('session', 'bare');
    report(
      'flights: a day, against the same SQL in a bare script',
      `${ratio.toFixed(2)} times`,
      '<= 1.1',
      ratio <= 1.1,
    );
    inform('flights: a day on the session', `${race.ms('session').toFixed(1)} ms`);
    await compareProcesses(project, session);
    return ratio <= 1.1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Session = Awaited<ReturnType<typeof openNativeSession>>;

function runDay(session: Session, day: string) {
  return session.run({ pipelines: ['delays'], runtimeParams: { day } });
}

function copyProject(folder: string): string {
  const project = path.join(folder, 'project');
  const example = path.join(ROOT, 'examples/flights');
  cpSync(example, project, { recursive: true, filter: (file) => !file.startsWith(path.join(example, 'data/')) });
  const globals = path.join(project, 'conf/base/globals.yml');
  writeFileSync(globals, readFileSync(globals, 'utf8').replace('../../node_modules', path.join(ROOT, 'node_modules')));
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(ROOT, path.join(project, 'node_modules/kedro-temporal'));
  return project;
}

/** The statement of the example, its result saved by DuckDB itself, and as whole as a session saves: flushed and renamed. */
async function bareScript(folder: string): Promise<(day: string) => Promise<void>> {
  const sql = readFileSync(path.join(ROOT, 'examples/flights/sql/delays_by_origin.sql'), 'utf8');
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  await connection.run(
    `CREATE VIEW flights AS SELECT * FROM '${path.join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet')}'`,
  );
  return async (day) => {
    const target = path.join(folder, 'bare', `day=${day}`, 'delays.parquet');
    mkdirSync(path.dirname(target), { recursive: true });
    const filled = sql.replaceAll('$day', `'${day}'`).replaceAll('$late_minutes', '15');
    await connection.run(`COPY (SELECT '${day}' AS day, * FROM (${filled})) TO '${target}.tmp' (FORMAT parquet)`);
    const handle = await open(`${target}.tmp`, 'r+');
    await handle.sync();
    await handle.close();
    await rename(`${target}.tmp`, target);
  };
}

async function compareProcesses(project: string, session: Session): Promise<void> {
  const start = performance.now();
  for (const day of DAYS) await runDay(session, day);
  const warm = performance.now() - start;
  const bin = path.join(ROOT, 'bin/kedro-temporal.js');
  const each = DAYS.slice(0, 12).map((day) => {
    const from = performance.now();
    execFileSync(
      process.execPath,
      [bin, 'run', '--local', '--project', project, '--pipelines', 'delays', '--params', `day=${day}`],
      {
        stdio: 'ignore',
      },
    );
    return performance.now() - from;
  });
  const cold = (each.reduce((sum, ms) => sum + ms, 0) / each.length) * DAYS.length;
  inform('flights: 182 days in a process each, against one warm session', `${(cold / warm).toFixed(1)} times`);
}
