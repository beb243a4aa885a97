/**
 * An instant as ISO 8601 in UTC: three decimals, six or nine when it has more. `undefined` when it is beyond what a
 * JavaScript date can say, as DuckDB's infinities are.
 */
export function isoFromNanoseconds(nanoseconds: bigint): string | undefined {
  let milliseconds = nanoseconds / 1_000_000n;
  let rest = nanoseconds % 1_000_000n;
  if (rest < 0n) {
    milliseconds -= 1n;
    rest += 1_000_000n;
  }
  const date = new Date(Number(milliseconds));
  if (Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  if (rest === 0n) return iso;
  const digits = String(rest).padStart(6, '0');
  return `${iso.slice(0, -1)}${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}

/** The same for microseconds, in a fraction of the time for the years 1685 to 2254, where a number says them exactly. */
export function isoFromMicroseconds(microseconds: bigint): string | undefined {
  const count = Number(microseconds);
  if (!Number.isSafeInteger(count)) return isoFromNanoseconds(microseconds * 1000n);
  const milliseconds = Math.floor(count / 1000);
  const iso = new Date(milliseconds).toISOString();
  const rest = count - milliseconds * 1000;
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
