/** How fast something goes of late: from what was seen of it in the last minute, or since its start where that is all. */

/** What was seen at one look. Milliseconds since the epoch. */
export interface Pace {
  at: number;
  /** How many had ended by then. */
  ended: number;
  /** Where none had ended then. */
  startedAt?: number;
}

const MEMORY_MS = 60_000;

// Two looks right after each other say little.
const LEAST_MS = 5_000;

const MOST_LOOKS = 120;

/** Makes a memory: given a look at `id`, it answers how many end per second; undefined while there is nothing to tell by. */
export function paceMemory(): (id: string, look: Pace) => number | undefined {
  const looks = new Map<string, Pace[]>();
  return (id, look) => {
    const kept = (looks.get(id) ?? []).filter(({ at, ended }) => look.at - at <= MEMORY_MS && ended <= look.ended);
    const last = kept.at(-1);
    if (last === undefined || look.at - last.at >= MEMORY_MS / MOST_LOOKS) kept.push(look);
    looks.set(id, kept);
    for (const [other, seen] of looks) if (look.at - (seen.at(-1)?.at ?? 0) > MEMORY_MS) looks.delete(other);
    const first = kept[0];
    const isLong = first !== undefined && look.at - first.at >= LEAST_MS;
    const [from, before] = isLong ? [first.at, first.ended] : [look.startedAt ?? look.at, 0];
    return look.at > from ? ((look.ended - before) * 1000) / (look.at - from) : undefined;
  };
}
