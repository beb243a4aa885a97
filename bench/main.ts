/**
 * `npm run bench`: all of them, on the built package, or those that are named: `npm run bench session memory`.
 * Figures are ratios against a baseline measured in the same run; absolute times vary with the machine.
 */
import { availableParallelism } from 'node:os';
import { benchCli } from './cli.ts';
import { benchDurable } from './durable.ts';
import { benchFiles } from './files.ts';
import { benchFlights } from './flights.ts';
import { benchHttp } from './http.ts';
import { benchKedro } from './kedro.ts';
import { benchMemory } from './memory.ts';
import { benchOpening } from './opening.ts';
import { benchPage } from './page.ts';
import { benchSession } from './session.ts';
import { benchSweep } from './sweep.ts';
import { benchThreads } from './threads.ts';
import { benchWarm } from './warm.ts';

const ALL = {
  session: benchSession,
  files: benchFiles,
  opening: benchOpening,
  memory: benchMemory,
  warm: benchWarm,
  threads: benchThreads,
  flights: benchFlights,
  durable: benchDurable,
  sweep: benchSweep,
  kedro: benchKedro,
  http: benchHttp,
  page: benchPage,
  cli: benchCli,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in ALL));
if (unknown !== undefined) throw new Error(`There is no bench "${unknown}"; there is ${Object.keys(ALL).join(', ')}.`);

console.log(`Node ${process.version}, ${availableParallelism()} cores`);
let isMet = true;
for (const [name, bench] of Object.entries(ALL)) {
  if (asked.length === 0 || asked.includes(name)) isMet = (await bench()) && isMet;
}
process.exitCode = isMet ? 0 : 1;
