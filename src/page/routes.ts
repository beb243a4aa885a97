/** What is shown, as the part of the address after `#`: it can be linked, kept and gone back from. */
import { useEffect, useState } from 'preact/hooks';

export type Route =
  | { view: 'overview' }
  | { view: 'job'; job: string }
  | { view: 'run'; runId: string; job?: string; key?: string }
  | { view: 'backfill'; id: string }
  | { view: 'pipelines'; name?: string; runId?: string }
  | { view: 'sweep'; id: string }
  | { view: 'workers' }
  | { view: 'unknown' };

/** Links to each view. */
export const to = {
  overview: '#/',
  workers: '#/workers',
  job: (job: string) => hash('jobs', job),
  interval: (job: string, key: string) => hash('jobs', job, key),
  run: (runId: string) => hash('runs', runId),
  backfill: (id: string) => hash('backfills', id),
  sweep: (id: string) => hash('sweeps', id),
  pipelines: '#/pipelines',
  pipeline: (name: string, runId?: string) =>
    `${hash('pipelines', name)}${runId === undefined ? '' : part('run', runId)}`,
};

/** The link to a run: below its job, where it is of one. */
export function toRun(runId: string, job?: string): string {
  const isOfJob = job !== undefined && runId.startsWith(`${job}/`);
  return isOfJob ? to.interval(job, runId.slice(job.length + 1)) : to.run(runId);
}

export function routeOf(address: string): Route {
  const [path = '', query = ''] = address.replace(/^#\/?/, '').split('?');
  const [room = '', first, second] = path.split('/').map(decoded);
  if (room === '') return { view: 'overview' };
  if (room === 'workers') return { view: 'workers' };
  if (room === 'pipelines') {
    const runId = new URLSearchParams(query).get('run');
    return { view: 'pipelines', ...(first ? { name: first } : {}), ...(runId === null ? {} : { runId }) };
  }
  if (!first) return { view: 'unknown' };
  if (room === 'jobs' && second) return { view: 'run', runId: `${first}/${second}`, job: first, key: second };
  if (room === 'jobs') return { view: 'job', job: first };
  if (room === 'runs') return { view: 'run', runId: first };
  if (room === 'backfills') return { view: 'backfill', id: first };
  return room === 'sweeps' ? { view: 'sweep', id: first } : { view: 'unknown' };
}

/** The route of the address, followed. */
export function useRoute(): Route {
  const [address, setAddress] = useState(location.hash);
  useEffect(() => {
    const follow = () => setAddress(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return routeOf(address);
}

function hash(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

function part(name: string, value: string): string {
  return `?${new URLSearchParams({ [name]: value })}`;
}

// An address that somebody typed may hold a lone percent sign.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
