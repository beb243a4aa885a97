/**
 * `npm start`: a year of days, durable. Installs and builds what is not there yet, then types the commands that anyone can
 * type: a backfill of every day of 2015 with a dev server and a worker, and a report of its months.
 */
import process from 'node:process';
import { kedroTemporal, setUp } from '../setup.mjs';

const PROJECT = 'examples/weather';

// A terminal sends Ctrl-C to every process of this group: the running command decides, and this one follows it.
process.on('SIGINT', () => {});

await setUp();
const backfill = await kedroTemporal([
  'backfill',
  ...['--dev', '--json', '--yes', '--project', PROJECT, '--job', 'weather'],
  ...['--from', '2015-01-01', '--to', '2016-01-01'],
  ...process.argv.slice(2),
]);
const report = await kedroTemporal([
  'run',
  ...['--local', '--json', '--project', PROJECT, '--pipelines', 'report', '--params', 'year=2015'],
  ...['--outputs', 'monthly_report'],
]);
show(JSON.parse(report.stdout).outputs.monthly_report, JSON.parse(backfill.stdout));
process.exitCode = backfill.status;

/** @param {Record<string, string | number>[]} months @param {{ succeeded: number, failed: number, skipped: number }} days */
function show(months, days) {
  console.log(`\nSeattle in 2015, from ${days.succeeded + days.skipped} days of measurements:\n`);
  console.log('month     days   mean °C  warmest  coldest   rain mm  wet days  longest dry');
  for (const { month, days: count, mean_c, warmest_c, coldest_c, rain_mm, wet_days, longest_dry } of months) {
    const degrees = [mean_c, warmest_c, coldest_c, rain_mm].map((figure) => Number(figure).toFixed(1));
    const figures = [count, ...degrees, wet_days, longest_dry];
    const widths = [6, 10, 9, 9, 10, 10, 13];
    console.log(String(month).padEnd(8) + figures.map((figure, i) => String(figure).padStart(widths[i] ?? 8)).join(''));
  }
  console.log(`
Where it is:  ${PROJECT}/data/02_clean      a JSON file a day
              ${PROJECT}/data/04_features   a Parquet file a day
              ${PROJECT}/data/08_reporting  this table as CSV, and a sentence a day
What next, with --project ${PROJECT} behind each:
              npx kedro-temporal dev           # a page with the days as a calendar, at the address it prints
              npx kedro-temporal describe
              npx kedro-temporal run --local --pipelines clean,features --params day=2014-07-04
              npm start -- --again             # all 365 days once more; as it is
`);
  const skipped = days.skipped === 0 ? '' : `, ${days.skipped} done before`;
  console.log(`${days.succeeded} succeeded, ${days.failed} failed${skipped}`);
}
