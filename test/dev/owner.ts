/** A process that opens a dev server and ends in the way its second argument says. For dev-server-ends.test.ts. */
import { openDevServer } from '../../src/dev/index.ts';

const [dbFile, way] = process.argv.slice(2);
const server = await openDevServer({ dbFile: dbFile || undefined, port: 0, ui: false });
process.stdout.write(`${JSON.stringify({ pid: server.pid, address: server.address })}\n`, () => {
  if (way === 'exit') process.exit(0);
  if (way === 'throw') throw new Error('nobody catches this');
  if (way === 'stay') setInterval(() => {}, 1_000);
  // Else nothing keeps this process alive.
});
