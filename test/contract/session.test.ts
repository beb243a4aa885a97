import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { openNativeSession } from '../../src/index.ts';
import { sessionContract } from './session.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

// A copy is outside of the package, so the package's own name needs a place where it is found.
async function prepare(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'node_modules'));
  await symlink(ROOT, path.join(folder, 'node_modules/kedro-temporal'), 'dir');
}

const project = path.join(ROOT, 'test/projects/native');

sessionContract({ name: 'native engine', project, open: (folder) => openNativeSession({ project: folder }), prepare });

sessionContract({
  name: 'native engine, concurrent runner',
  project,
  open: (folder) => openNativeSession({ project: folder, runner: 'concurrent' }),
  prepare,
  isSequential: false,
});
