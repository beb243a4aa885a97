/** Waits between jobs: that they name jobs with intervals, that these fit, and that they do not wait in a circle. */
import type { Job, WaitsFor } from '../../workflows/index.ts';
import { suggestion } from '../core/index.ts';
import { circleIn } from './parts.ts';
import type { Problems } from './problems.ts';
import type { RawJob } from './schema.ts';

type Rule = NonNullable<Job['rule']>;

/** What each job waits for, by the job's name. */
export function waitsOf(
  raws: Readonly<Record<string, RawJob>>,
  rules: ReadonlyMap<string, Rule>,
  problems: Problems,
): Map<string, WaitsFor[]> {
  const waits = new Map<string, WaitsFor[]>();
  for (const [name, { waits_for = [] }] of Object.entries(raws)) {
    const at = ['jobs', name, 'waits_for'];
    const own = rules.get(name);
    if (waits_for.length > 0 && own === undefined) problems.add(at, 'needs intervals of this job: give it "every".');
    const found = waits_for.flatMap(({ job, interval = 'same', timeout }, index): WaitsFor[] => {
      const rule = rules.get(job);
      if (!Object.hasOwn(raws, job)) {
        problems.add(
          [...at, index],
          `names the job "${job}", which there is not.${suggestion(job, Object.keys(raws))}`,
        );
      } else if (rule === undefined) {
        problems.add([...at, index], `names the job "${job}", which has no intervals: give that job "every".`);
      } else if (interval === 'same' && own !== undefined && isOther(own, rule)) {
        problems.add(
          [...at, index],
          `wants the same interval of "${job}", which divides time in another way. Say "interval: within" for every interval of "${job}" inside this job's.`,
        );
      }
      return rule === undefined ? [] : [{ job, rule, interval, ...(timeout === undefined ? {} : { timeout }) }];
    });
    waits.set(name, found);
  }
  const circle = circleIn(new Map([...waits].map(([name, found]) => [name, found.map(({ job }) => job)])));
  if (circle !== undefined) {
    problems.add(['jobs', circle[0] ?? '', 'waits_for'], `leads back to the job itself: ${circle.join(' -> ')}.`);
  }
  return waits;
}

// A calendar leaves intervals out and moves none: the same interval is then there, or not.
function isOther(a: Rule, b: Rule): boolean {
  const how = ({ every, timeZone, dst, anchor }: Rule) =>
    JSON.stringify([every, timeZone, dst.gap, dst.overlap, anchor]);
  return how(a) !== how(b);
}
