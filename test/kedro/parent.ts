/** A process that a test kills: it says its host's id and keeps it busy with a process of its own. */
import path from 'node:path';
import { openKedroSession } from '../../src/kedro/index.ts';
import { QUIET } from './pythons.ts';

const project = path.resolve(import.meta.dirname, '../projects/kedro-hooks');
const session = await openKedroSession({ project, environment: QUIET, onLog: () => {} });
const { outputs } = await session.run({ pipelines: ['say'], runtimeParams: { word: 'hello' } });
const busy = session.run({ pipelines: ['child'], runtimeParams: { seconds: 600 } });
console.log(String(outputs.pid));
await busy;
