/** The same contract for a session whose runs are in threads. A file of its own: each of its tests starts a thread. */
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { openNativeSession } from '../../src/index.ts';
import { sessionContract } from './session.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

sessionContract({
  name: 'native engine in threads',
  project: path.join(ROOT, 'test/projects/native'),
  open: (project) => openNativeSession({ project, isolation: 'thread', threads: 2 }),
  async prepare(folder) {
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(ROOT, path.join(folder, 'node_modules/kedro-temporal'), 'dir');
  },
  carriesLiveValues: 'copied',
});
