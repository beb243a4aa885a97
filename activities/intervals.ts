/** Questions about time that a workflow must ask outside its sandbox, which has no time-zone data. Cheap: local activities. */
import { type IntervalRule, lastIntervalBefore } from '../src/calendar/index.ts';
import { toFailure } from './failures.ts';

/** An interval as the calendar says it. Instants are ISO 8601, UTC. */
export interface IntervalAt {
  key: string;
  /** Inclusive. */
  start: string;
  /** Exclusive. */
  end: string;
  timeZone: string;
  scheduledTime: string;
}

/** The activities of this file, by the names under which a Worker registers them. */
export interface IntervalActivities {
  /** The last interval of a rule that has ended at or before an instant (ISO 8601, UTC); null where none has. */
  'kedro.intervalAt'(input: { rule: IntervalRule; at: string }): Promise<IntervalAt | null>;
}

export const intervalActivities: IntervalActivities = {
  async 'kedro.intervalAt'({ rule, at }) {
    try {
      const found = lastIntervalBefore(rule, at);
      if (found === undefined) return null;
      const { key, start, end } = found;
      return { key, start, end, timeZone: rule.timeZone, scheduledTime: end };
    } catch (error) {
      throw toFailure(error, new AbortController().signal);
    }
  },
};
