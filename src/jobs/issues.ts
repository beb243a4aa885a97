/** What the schema library finds, in our words. */
import type { z } from 'zod';
import { suggestion } from '../core/index.ts';
import type { Keys, Problems } from './problems.ts';

type Issue = z.core.$ZodIssue;

const SAID: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Adds each issue to `problems`. */
export function addIssues(issues: readonly Issue[], problems: Problems): void {
  for (const issue of issues) {
    const keys = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    if (issue.code === 'unrecognized_keys') addUnknown(keys, issue.keys, issue.message.split(' '), problems);
    else problems.add(keys, why(issue));
  }
}

function addUnknown(above: Keys, unknown: readonly string[], known: readonly string[], problems: Problems): void {
  for (const key of unknown) problems.add([...above, key], `is unknown.${suggestion(key, known)}`);
}

function why(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // What may not be there at all says why itself, and is not shown: it may be a secret.
      if (issue.expected === 'never') return issue.message;
      return issue.input === undefined
        ? `is missing: it is ${SAID[issue.expected] ?? issue.expected}.`
        : `must be ${SAID[issue.expected] ?? issue.expected}, not ${shown(issue.input)}.`;
    case 'invalid_value': {
      const known = issue.values.map(String);
      return `is ${shown(issue.input)}; it may be ${known.map((each) => `"${each}"`).join(', ')}.`;
    }
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty.'
        : `is ${shown(issue.input)}; it must be at least ${issue.minimum}.`;
    case 'too_big':
      return `is ${shown(issue.input)}; it must be at most ${issue.maximum}.`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_union':
      return `is ${shown(issue.input)}, which does not fit.`;
    default:
      return issue.message;
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
