/** The frame around every view: head, ways to the views, the state of the connection, and what keys do everywhere. */
import { useEffect, useRef } from 'preact/hooks';
import type { About } from '../server/index.ts';
import { useConnection, useTopic } from './live/hooks.ts';
import type { Connection } from './live/store.ts';
import { OutsideLink } from './parts/outside-link.tsx';
import { type Route, routeOf, to, useRoute } from './routes.ts';
import { ThemeSwitch } from './theme.tsx';
import { BackfillPage } from './views/backfill.tsx';
import { JobPage } from './views/job.tsx';
import { Login } from './views/login.tsx';
import { Overview } from './views/overview.tsx';
import { PipelinesPage } from './views/pipelines.tsx';
import { RunPage } from './views/run.tsx';
import { SweepPage } from './views/sweep.tsx';
import { WorkersPage } from './views/workers.tsx';

/** The interval whose run was left: its cell has the focus again. */
export interface Returning {
  job: string;
  key: string;
}

export function App() {
  const route = useRoute();
  const connection = useConnection();
  const { value: about } = useTopic<About>('about');
  const returning = useArrival(route, about);
  return (
    <>
      <header class="top">
        <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
          Skip to the content
        </button>
        <a class="brand" href={to.overview}>
          <img src="icon.svg" alt="" width="20" height="20" />
          <span>{about?.project ?? 'kedro-temporal'}</span>
        </a>
        <nav aria-label="Views">
          <NavLink href={to.overview} isHere={['overview', 'job', 'run', 'backfill', 'sweep'].includes(route.view)}>
            Jobs
          </NavLink>
          <NavLink href={to.pipelines} isHere={route.view === 'pipelines'}>
            Pipelines
          </NavLink>
          <NavLink href={to.workers} isHere={route.view === 'workers'}>
            Workers
          </NavLink>
        </nav>
        <div class="tools">
          <ConnectionState connection={connection} />
          <OutsideLink href={about?.temporal_ui}>Temporal</OutsideLink>
          <ThemeSwitch />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {connection === 'locked' ? <Login /> : <View route={route} returning={returning} about={about} />}
      </main>
      <Foot about={about} />
    </>
  );
}

function Foot({ about }: { about: About | undefined }) {
  return (
    <footer class="foot dotted">
      <span>{`kedro-temporal ${about?.version ?? ''}`}</span>
      {about?.namespace === undefined ? null : <span>{`namespace ${about.namespace}`}</span>}
      {about?.task_queue === undefined ? null : <span>{`task queue ${about.task_queue}`}</span>}
      <a href="docs">HTTP API</a>
    </footer>
  );
}

interface ViewProps {
  route: Route;
  returning: Returning | undefined;
  about: About | undefined;
}

function View({ route, returning, about }: ViewProps) {
  switch (route.view) {
    case 'overview':
      return <Overview returning={returning} about={about} />;
    case 'job':
      return <JobPage key={route.job} job={route.job} returning={returning} />;
    case 'run':
      return <RunPage key={route.runId} runId={route.runId} job={route.job} intervalKey={route.key} />;
    case 'backfill':
      return <BackfillPage key={route.id} id={route.id} returning={returning} />;
    case 'pipelines':
      return <PipelinesPage name={route.name} runId={route.runId} />;
    case 'sweep':
      return <SweepPage key={route.id} id={route.id} />;
    case 'workers':
      return <WorkersPage hasSession={about?.direct === true} />;
    case 'unknown':
      return (
        <>
          <h1 tabIndex={-1}>There is nothing at this address</h1>
          <p>
            <a href={to.overview}>All jobs</a>
          </p>
        </>
      );
    default:
      return route satisfies never;
  }
}

function NavLink({ href, isHere, children }: { href: string; isHere: boolean; children: string }) {
  return (
    <a href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  );
}

const CONNECTIONS: Record<Connection, string> = {
  connecting: 'connecting',
  live: 'live',
  reconnecting: 'reconnecting …',
  locked: 'not signed in',
};

function ConnectionState({ connection }: { connection: Connection }) {
  return (
    <span class="connection" role="status" data-connection={connection}>
      {CONNECTIONS[connection]}
    </span>
  );
}

// Puts the focus where a person who came here goes on, and says what is left by Escape.
function useArrival(route: Route, about: About | undefined): Returning | undefined {
  const address = location.hash;
  const before = useRef<{ address: string; from: Route | undefined }>({ address, from: undefined });
  if (before.current.address !== address) before.current = { address, from: routeOf(before.current.address) };
  const { from } = before.current;
  const returning = returningFrom(route, from);
  useEffect(() => {
    const heading = document.querySelector('h1');
    document.title = [heading?.textContent, about?.project ?? 'kedro-temporal'].filter(Boolean).join(' · ');
    if (from !== undefined && returning === undefined) heading?.focus();
  }, [address, about?.project]);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      const isTaken = event.defaultPrevented || (event.target as Element).closest('dialog, select, input') !== null;
      if (event.key === 'Escape' && !isTaken && route.view !== 'overview') location.hash = wayOut(route, from);
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, [address]);
  return returning;
}

function returningFrom(route: Route, from: Route | undefined): Returning | undefined {
  const hasCalendar = route.view === 'overview' || route.view === 'job' || route.view === 'backfill';
  if (!hasCalendar || from?.view !== 'run' || from.job === undefined || from.key === undefined) return undefined;
  return { job: from.job, key: from.key };
}

function wayOut(route: Route, from: Route | undefined): string {
  if (route.view === 'pipelines' && route.runId !== undefined) return to.run(route.runId);
  if (route.view !== 'run' || route.job === undefined) return to.overview;
  if (from?.view === 'backfill') return to.backfill(from.id);
  return from?.view === 'overview' ? to.overview : to.job(route.job);
}
