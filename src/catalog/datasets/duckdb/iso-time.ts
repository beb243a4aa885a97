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
