/** A load on an HTTP server: so many clients, each with a connection that stays open and one request at a time. */
import { Client } from 'undici';

export interface Call {
  readonly path: string;
  readonly body: unknown;
  /** Throws, or answers false, for an answer that is not the right one. */
  readonly isRight: (answer: unknown) => boolean;
}

export interface Load {
  /** Microseconds of one request on the clock: of `clients` at once, that many are answered in the same time. */
  readonly each: number;
  /** Milliseconds that each request took. */
  readonly latencies: number[];
  /** Requests whose answer was not the right one, or that got none. */
  readonly wrong: number;
}

/** Asks `times` times in all. A wrong answer is counted; `first` hears of the first. */
export async function load(
  origin: string,
  {
    clients,
    times,
    callOf,
    first,
  }: { clients: number; times: number; callOf: (i: number) => Call; first?: (said: string) => void },
): Promise<Load> {
  const latencies: number[] = [];
  const numbers = Array.from({ length: times }, (_, i) => i).values();
  let wrong = 0;
  const lane = async () => {
    const client = new Client(origin, { bodyTimeout: 120_000, headersTimeout: 120_000 });
    try {
      for (const i of numbers) {
        const start = performance.now();
        const failure = await ask(client, callOf(i));
        latencies.push(performance.now() - start);
        if (failure === undefined) continue;
        if (wrong++ === 0) first?.(failure);
      }
    } finally {
      await client.close();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, lane));
  return { each: ((performance.now() - start) * 1000) / times, latencies, wrong };
}

async function ask(client: Client, { path, body, isRight }: Call): Promise<string | undefined> {
  try {
    const headers = { 'content-type': 'application/json' };
    const { statusCode, body: answer } = await client.request({
      path,
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return statusCode === 200 && isRight(JSON.parse(text)) ? undefined : `${statusCode} ${text}`;
  } catch (error) {
    return String(error);
  }
}

/** The value below which that share of them is. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
