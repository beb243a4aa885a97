/** Processes that are measured beside our session, and what the kernel says about processes. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Place {
  readonly project: string;
  readonly env: string | undefined;
  readonly pipeline: string;
  /** Variables of the process. */
  readonly variables: Record<string, string>;
}

/** `baselines.py`, one process for each contender, so that none is in another's way. */
export class Baselines implements AsyncDisposable {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #answers: ((line: string) => void)[] = [];

  constructor(python: string, place: Place) {
    const script = path.join(import.meta.dirname, 'baselines.py');
    this.#child = spawn(python, [script, place.project, place.env ?? '-', place.pipeline], {
      cwd: place.project,
      env: { ...process.env, ...place.variables },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.pid = this.#child.pid ?? 0;
    const lastWords = keepLastWords(this.#child);
    if (this.#child.stdout === null) throw new Error('no stdout');
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answers.shift()?.(line));
    this.#child.on('exit', () => {
      for (const answer of this.#answers.splice(0)) answer(`error it ended: ${lastWords()}`);
    });
  }

  /** Microseconds for each of `times` runs. */
  async run(name: string, times: number): Promise<number> {
    const line = await new Promise<string>((resolve) => {
      this.#answers.push(resolve);
      this.#child.stdin?.write(`run ${name} ${times}\n`);
    });
    if (line.startsWith('error')) throw new Error(`The baseline "${name}" failed: ${line.slice(6)}`);
    return Number(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }
}

/** Kedro's own server on loopback, asked over connections that stay open. */
export class KedroServer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #port: number;
  readonly #agent: http.Agent;
  readonly #lastWords: () => string;

  private constructor(child: ChildProcess, port: number, connections: number) {
    this.#child = child;
    this.#port = port;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: connections });
    this.#lastWords = keepLastWords(child);
  }

  static async open(kedro: string, place: Place, connections: number): Promise<KedroServer> {
    const port = await freePort();
    const env = place.env === undefined ? [] : ['--env', place.env];
    const child = spawn(kedro, ['server', 'start', '--host', '127.0.0.1', '--port', String(port), ...env], {
      cwd: place.project,
      env: { ...process.env, ...place.variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const server = new KedroServer(child, port, connections);
    for (let i = 0; i < 600; i++) {
      if (child.exitCode !== null) break;
      const isUp = await server.#ask('GET', '/health').then(
        () => true,
        () => false,
      );
      if (isUp) return server;
      await sleep(100);
    }
    await server[Symbol.asyncDispose]();
    throw new Error(`kedro server does not start: ${server.#lastWords()}`);
  }

  /** One run; whether the server calls it a success. */
  async run(pipeline: string, params: Record<string, string> = {}): Promise<boolean> {
    const answer = await this.#ask('POST', '/run', JSON.stringify({ pipeline_names: [pipeline], params }));
    return (JSON.parse(answer) as { status?: string }).status === 'success';
  }

  #ask(method: string, url: string, body?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
      const options = { host: '127.0.0.1', port: this.#port, path: url, method, headers, agent: this.#agent };
      const request = http.request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => resolve(text));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

/** Milliseconds of one `kedro run` from a shell. */
export async function coldRun(kedro: string, place: Place): Promise<number> {
  const env = place.env === undefined ? [] : ['--env', place.env];
  const start = performance.now();
  const child = spawn(kedro, ['run', '--pipelines', place.pipeline, ...env], {
    cwd: place.project,
    env: { ...process.env, ...place.variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastWords = keepLastWords(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`kedro run failed: ${lastWords()}`);
  return performance.now() - start;
}

/** Process ids of the Python hosts that this process has started. */
export function hostPids(): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid=', '-o', 'args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => Number(found?.[2]) === process.pid && (found?.[3] ?? '').includes('__main__.py'))
    .map((found) => Number(found?.[1]));
}

/** MiB that a process holds now, or held at most since {@link resetPeak}; NaN where the kernel does not tell. */
export function memoryOf(pid: number, what: 'now' | 'peak'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = new RegExp(`${what === 'now' ? 'VmRSS' : 'VmHWM'}:\\s+(\\d+) kB`).exec(status)?.[1];
    return Number(kib) / 1024;
  } catch {
    return Number.NaN;
  }
}

export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not Linux, or not allowed: the peak is that of the process's whole life.
  }
}

function keepLastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000);
  });
  return () => words.trim();
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
