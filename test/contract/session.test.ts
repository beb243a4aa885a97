import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { openNativeSession } from '../../src/index.ts';
import { sessionContract } from './session.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

sessionContract({
  name: 'native engine',
  project: path.join(ROOT, 'test/projects/native'),
  open: (project) => openNativeSession({ project }),
  // A copy is outside of the package, so the package's own name needs a place where it is found.
  async prepare(folder) {
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(ROOT, path.join(folder, 'node_modules/kedro-temporal'), 'dir');
  },
});
