import { distance } from 'fastest-levenshtein';

/** Up to three of `names` that a person may have meant by `name`, closest first. */
export function closeMatches(name: string, names: Iterable<string>): string[] {
  const limit = Math.max(2, Math.ceil(name.length / 3));
  return [...new Set(names)]
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** ` Did you mean "a", "b"?`, or the names there are when none is close, or nothing when there are none. */
export function suggestion(name: string, names: Iterable<string>): string {
  const known = [...new Set(names)];
  const close = closeMatches(name, known);
  if (close.length > 0) return ` Did you mean ${quoted(close)}?`;
  if (known.length === 0) return '';
  const shown = known.slice(0, 8);
  return ` There is ${quoted(shown)}${known.length > shown.length ? ` and ${known.length - shown.length} more` : ''}.`;
}

function quoted(names: string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
