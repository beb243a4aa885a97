/** Every verb in one table. A verb's module, and with it all that it needs, is loaded when that verb is called. */
import type { Command } from 'commander';

/** Adds a verb's flags, its own verbs and what it does. */
type Verb = (command: Command) => void;

interface Entry {
  name: string;
  /** What the list of verbs says of it. */
  summary: string;
  load: () => Promise<Verb>;
  /** Left out of the list: for programs. */
  hidden?: boolean;
}

/** By heading of the help, in its order. */
export const VERBS: Readonly<Record<string, readonly Entry[]>> = {
  'A project:': [
    {
      name: 'init',
      summary: 'start a project, or make a Kedro project durable',
      load: async () => (await import('./init.ts')).initVerb,
    },
    {
      name: 'describe',
      summary: 'what a project can run, and what is broken',
      load: async () => (await import('./describe.ts')).describeVerb,
    },
    {
      name: 'config',
      summary: 'its configuration, merged and filled',
      load: async () => (await import('./config.ts')).configVerb,
    },
    {
      name: 'catalog',
      summary: 'its datasets: where they are, who reads and makes them',
      load: async () => (await import('./catalog.ts')).catalogVerb,
    },
    {
      name: 'doctor',
      summary: 'is everything there that a run needs, and what to type',
      load: async () => (await import('./doctor.ts')).doctorVerb,
    },
    {
      name: 'intervals',
      summary: 'what a rule makes of a range of time',
      load: async () => (await import('./intervals.ts')).intervalsVerb,
    },
    {
      name: 'viz',
      summary: 'write its pipelines for kedro-viz to show',
      load: async () => (await import('./viz.ts')).vizVerb,
    },
  ],
  'Work:': [
    {
      name: 'run',
      summary: 'run pipelines once, durably or here',
      load: async () => (await import('./run.ts')).runVerb,
    },
    {
      name: 'backfill',
      summary: 'run pipelines once per interval of a range',
      load: async () => (await import('./backfill/index.ts')).backfillVerb,
    },
    {
      name: 'sweep',
      summary: 'run pipelines over many points',
      load: async () => (await import('./sweep/index.ts')).sweepVerb,
    },
    {
      name: 'schedules',
      summary: 'the schedules of temporal.yml on the server',
      load: async () => (await import('./schedules.ts')).schedulesVerb,
    },
  ],
  'Workers:': [
    {
      name: 'dev',
      summary: 'a server, a worker and the page, until Ctrl-C',
      load: async () => (await import('./dev.ts')).devVerb,
    },
    {
      name: 'serve',
      summary: 'answer runs by HTTP, from one warm session',
      load: async () => (await import('./serve.ts')).serveVerb,
    },
    {
      name: 'worker',
      summary: 'take runs of a project from a task queue',
      load: async () => (await import('./worker.ts')).workerVerb,
    },
    {
      name: 'workers',
      summary: 'which workers run, and what they keep in memory',
      load: async () => (await import('./workers.ts')).workersVerb,
    },
    {
      name: 'preload',
      summary: 'load artifacts into the memory of workers',
      load: async () => (await import('./preload.ts')).preloadVerb,
    },
    {
      name: 'release',
      summary: 'make workers forget artifacts',
      load: async () => (await import('./release.ts')).releaseVerb,
    },
  ],
  'This shell:': [
    {
      name: 'completion',
      summary: 'print the script that completes verbs, flags and names',
      load: async () => (await import('./completion.ts')).completionVerb,
    },
    {
      name: 'complete',
      summary: 'what that script asks',
      load: async () => (await import('./completion.ts')).completeVerb,
      hidden: true,
    },
  ],
};
