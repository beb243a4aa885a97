/**
 * What the command line costs before it does anything: `--help` and `describe` as processes of their own, against a Node that
 * does nothing, and for a Kedro project against `kedro --help` and `kedro registry list`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyShared, findPythons, QUIET } from './kedro/environment.ts';
import { Race, type Racer } from './kedro/rounds.ts';
import { inform, report } from './measure.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const BIN = path.join(ROOT, 'bin/kedro-temporal.js');
const ROUNDS = 11;
const FEW_ROUNDS = 5;

/** Returns false when an aim is missed. */
export async function benchCli(): Promise<boolean> {
  const node = (name: string, args: readonly string[]): Racer => racer(name, process.execPath, args);
  const racers = [
    node('nothing', ['-e', '0']),
    node('--help', [BIN, '--help']),
    node('run --help', [BIN, 'run', '--help']),
    node('describe', [BIN, 'describe', '--json', '--project', path.join(ROOT, 'bench/noop')]),
  ];
  const folder = mkdtempSync(path.join(tmpdir(), 'kedro-temporal-bench-'));
  try {
    const kedros = kedroRacers(folder);
    const result = await Race.of([...racers, ...kedros], ROUNDS);
    for (const { name } of [...racers, ...kedros]) inform(`cli: ${name}`, `${result.ms(name).toFixed(0)} ms`);
    const times = (of: string, against: string) => `${result.ratio(of, against).toFixed(1)} times`;
    const isMet = result.ratio('--help', 'nothing') <= 3;
    report('cli: --help against a Node that does nothing', times('--help', 'nothing'), '<= 3', isMet);
    inform('cli: describe against a Node that does nothing', times('describe', 'nothing'));
    if (kedros.length > 0) {
      inform('cli: kedro --help against ours', times('kedro --help', '--help'));
      inform('cli: kedro registry list against our describe', times('kedro registry list', 'describe, Kedro'));
    }
    return isMet;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kedroRacers(folder: string): Racer[] {
  const pythons = findPythons();
  const noop = typeof pythons === 'string' ? pythons : copyShared('noop', folder);
  if (typeof pythons === 'string' || typeof noop === 'string') {
    console.log(`cli: without Kedro: ${typeof noop === 'string' ? noop : ''}`);
    return [];
  }
  const { python, kedro } = pythons;
  const describe = [BIN, 'describe', '--json', '--project', noop.project, '--python', python];
  return [
    { ...racer('describe, Kedro', process.execPath, describe), rounds: FEW_ROUNDS },
    { ...racer('kedro --help', kedro, ['--help'], noop.project), rounds: FEW_ROUNDS },
    { ...racer('kedro registry list', kedro, ['registry', 'list'], noop.project), rounds: FEW_ROUNDS },
  ];
}

function racer(name: string, command: string, args: readonly string[], cwd = ROOT): Racer {
  const env = { ...process.env, ...QUIET, TEMPORAL_ADDRESS: '' };
  const once = () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${name} failed: ${stderr}`);
    return (performance.now() - start) * 1000;
  };
  return { name, times: 1, run: async () => once() };
}
