/**
 * `npm run example:flights`: 182 days of flights, a durable run a day, and a picture of them. Installs and builds what is not
 * there yet, then types the commands that anyone can type.
 */
import process from 'node:process';
import { kedroTemporal, setUp } from '../setup.mjs';

const PROJECT = 'examples/flights';

// A terminal sends Ctrl-C to every process of this group: the running command decides, and this one follows it.
process.on('SIGINT', () => {});

await setUp();
const backfill = await kedroTemporal([
  'backfill',
  ...['--dev', '--json', '--yes', '--project', PROJECT, '--job', 'flights'],
  ...['--from', '2001-01-01', '--to', '2001-07-02'],
  ...process.argv.slice(2),
]);
const report = await kedroTemporal([
  'run',
  ...['--local', '--json', '--project', PROJECT, '--pipelines', 'report', '--outputs', 'airport_summary'],
]);
show(JSON.parse(report.stdout).outputs.airport_summary, JSON.parse(backfill.stdout));
process.exitCode = backfill.status;

/** @param {Record<string, string | number>[]} airports @param {{ succeeded: number, failed: number, skipped: number }} days */
function show(airports, days) {
  const widths = [10, 9, 9, 14, 12, 16];
  const row = (/** @type {(string | number)[]} */ cells) =>
    String(cells[0]).padEnd(7) +
    cells
      .slice(1)
      .map((cell, i) => String(cell).padStart(widths[i] ?? 8))
      .join('');
  console.log(`\nThe ten busiest airports, over ${days.succeeded + days.skipped} days of 2001:\n`);
  console.log(row(['from', 'flights', '% late', 'mean', 'worst day', 'mean then']));
  for (const { origin, flights, late_percent, mean_delay, worst_day, worst_day_mean } of airports.slice(0, 10)) {
    const [late, mean, worst] = [late_percent, mean_delay, worst_day_mean].map((figure) => Number(figure).toFixed(1));
    console.log(
      row([
        origin ?? '',
        Number(flights).toLocaleString('en-US'),
        late ?? '',
        mean ?? '',
        worst_day ?? '',
        worst ?? '',
      ]),
    );
  }
  console.log(`
Where it is:  ${PROJECT}/data/03_primary/delays/day=2001-01-01/delays.parquet   a file a day, one partitioned table in all
              ${PROJECT}/data/08_reporting/delays.svg                      the picture: open it in a browser
              ${PROJECT}/data/08_reporting/airports.csv                    this table, 25 airports
What next:    npx kedro-temporal run --local --project ${PROJECT} --pipelines delays --params day=2001-03-05
              npm run example:flights -- --again    # all 182 days once more
`);
  const skipped = days.skipped === 0 ? '' : `, ${days.skipped} done before`;
  console.log(`${days.succeeded} succeeded, ${days.failed} failed${skipped}`);
}
