import { connect, createServer } from 'node:net';

/** Dev servers listen on loopback only. */
export const LOOPBACK = '127.0.0.1';

/** Temporal’s own. */
export const DEFAULT_PORT = 7233;

/** Whether something accepts TCP connections there. A closed port answers at once, a silent host after `timeoutMs`. */
export function answersTcp(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** Whether `port` can be listened on, now. */
export async function isFreePort(port: number): Promise<boolean> {
  // Some systems let a program bind 127.0.0.1 although another one holds the port on all addresses: ask both ways.
  if (await answersTcp(LOOPBACK, port, 1_000)) return false;
  return (await bindOnce(port)) !== undefined;
}

/** A port that is free now. Another program may take it before it is used: whoever uses it must be ready to try again. */
export async function freePort(): Promise<number> {
  const port = await bindOnce(0);
  if (port === undefined) throw new Error(`No port of ${LOOPBACK} is free.`);
  return port;
}

const PORTS_TRIED = 50;

/** The first free port from `port` upwards, or any where the next ones are all taken. */
export async function nextFreePort(port: number): Promise<number> {
  for (let each = port; each < port + PORTS_TRIED && each <= 65_535; each++) if (await isFreePort(each)) return each;
  return await freePort();
}

function bindOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(bound));
    });
  });
}
