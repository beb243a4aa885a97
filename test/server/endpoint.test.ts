import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { openNativeSession } from '../../src/index.ts';
import { endpointContract } from './endpoint-contract.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

endpointContract({
  name: 'native engine',
  project: path.join(ROOT, 'test/projects/native'),
  open: (project) => openNativeSession({ project }),
  async prepare(folder) {
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(ROOT, path.join(folder, 'node_modules/kedro-temporal'), 'dir');
  },
});
