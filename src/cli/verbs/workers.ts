import type { Command } from 'commander';
import type { WarmArtifact } from '../../core/index.ts';
import { printAnswers, type WorkersFlags, withWorkers, workersOf } from '../answers.ts';
import { withJson, withProject, withServer } from '../flags.ts';
import { connectClient, type ServerFlags, settleServer } from '../server.ts';
import type { ProjectFlags } from '../session.ts';

type Flags = ServerFlags & ProjectFlags & WorkersFlags & { json?: boolean };

/** `workers`: who they are, and what each keeps in memory. */
export function workersVerb(command: Command): void {
  command
    .description('show the running workers of a task queue, and the artifacts that each keeps in memory')
    .addHelpText('after', '\nExample:\n  $ kedro-temporal workers --project examples/shuttle-prices')
    .action(show);
  withWorkers(withServer(withJson(withProject(command))));
}

async function show(given: Flags): Promise<void> {
  const workers = workersOf(given);
  const flags = await settleServer(given);
  const { kedro, close } = await connectClient(flags);
  try {
    const answers = await kedro.workers({ workers });
    const head = ['artifact', 'size', 'used', 'refresh', 'shared', 'loaded'];
    printAnswers(answers, head, ({ warm }) => (warm.length === 0 ? [['nothing is warm']] : warm.map(row)), flags.json);
  } finally {
    await close();
  }
}

function row({ dataset, bytes, hits, refresh, shared, loadedAt }: WarmArtifact): string[] {
  return [dataset, bytes === undefined ? '' : sizeOf(bytes), `${hits} times`, refresh, shared, loadedAt];
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
