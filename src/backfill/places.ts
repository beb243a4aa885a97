/** Pools of places without a server: at most so many runs at once, in the order in which they came, for all users of a session. */
import { cancelledBy, type PipelineSession } from '../core/index.ts';

interface Pool {
  size: number;
  taken: number;
  waiting: (() => void)[];
}

const poolsOf = new WeakMap<PipelineSession, Map<string, Pool>>();

/** Runs `work` in a place of the pool, and gives the place back however it ends. Throws `RUN_CANCELLED` where it waited in vain. */
export async function inPlace<T>(
  session: PipelineSession,
  { name, size }: { name: string; size: number },
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const pools = poolsOf.get(session) ?? new Map<string, Pool>();
  poolsOf.set(session, pools);
  const pool = pools.get(name) ?? { size, taken: 0, waiting: [] };
  pools.set(name, pool);
  // The newest word counts.
  pool.size = size;
  await turn(pool, signal);
  try {
    return await work();
  } finally {
    pool.taken--;
    grant(pool);
  }
}

function turn(pool: Pool, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const come = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      pool.waiting = pool.waiting.filter((each) => each !== come);
      reject(cancelledBy(signal.reason));
    };
    if (signal.aborted) {
      leave();
      return;
    }
    signal.addEventListener('abort', leave, { once: true });
    pool.waiting.push(come);
    grant(pool);
  });
}

function grant(pool: Pool): void {
  while (pool.taken < pool.size) {
    const next = pool.waiting.shift();
    if (next === undefined) return;
    pool.taken++;
    next();
  }
}
