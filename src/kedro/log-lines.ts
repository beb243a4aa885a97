import type { Readable } from 'node:stream';
import type { HostLog } from './options.ts';

// A node may print without ever ending a line.
const LONGEST_LINE = 64 * 1024;

/** Hands on what a host prints, line by line. A line that starts with NUL names the run whose lines follow. */
export function followLines(stream: Readable, name: HostLog['stream'], onLog: (log: HostLog) => void): void {
  let rest = '';
  let runId: string | undefined;
  const take = (line: string) => {
    const mark = line.indexOf('\0');
    if (mark >= 0) {
      if (mark > 0) tell(line.slice(0, mark));
      runId = runIdOf(line.slice(mark + 1));
      return;
    }
    tell(line);
  };
  const tell = (line: string) => onLog({ line, stream: name, ...(runId === undefined ? {} : { runId }) });
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > LONGEST_LINE && !rest.includes('\0')) {
      take(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}

function runIdOf(text: string): string | undefined {
  try {
    const id: unknown = JSON.parse(text);
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
