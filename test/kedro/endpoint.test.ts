import path from 'node:path';
import { describe } from 'vitest';
import { openKedroSession } from '../../src/kedro/index.ts';
import { endpointContract } from '../server/endpoint-contract.ts';
import { mainPython, QUIET } from './pythons.ts';

const python = mainPython();

describe.skipIf(python === undefined)('with a real Kedro', () => {
  endpointContract({
    name: 'Kedro engine',
    project: path.resolve(import.meta.dirname, '../projects/kedro'),
    open: (project) =>
      openKedroSession({ project, python: python ?? '', hosts: 2, onLog: () => {}, environment: QUIET }),
  });
});
