/** Node, and the packages beside this one: their versions, and whether there is one of each. */
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Check, fail, ok, warn } from './check.ts';

const NEEDS_NODE = [20, 19];
const TEMPORAL = ['activity', 'client', 'common', 'envconfig', 'plugin', 'proto', 'worker', 'workflow'];
const OLDEST_PROTOBUF = 8;

/** Looks at Node and at what is installed for `project`. */
export function checkPackages(project: string): Check[] {
  return [checkNode(process.versions.node), checkTemporal(project), checkProtobuf()];
}

/** `version`: that of Node. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needsMajor = 0, needsMinor = 0] = NEEDS_NODE;
  if (major > needsMajor || (major === needsMajor && minor >= needsMinor)) return ok('Node', version);
  return fail(
    'Node',
    `${version}, which is older than ${NEEDS_NODE.join('.')}`,
    'install a newer Node: https://nodejs.org',
  );
}

interface Found {
  name: string;
  folder: string;
  version: string;
}

// Two copies of one package do not know each other's classes: a worker then refuses what a plugin gives it.
function checkTemporal(project: string): Check {
  const name = 'Temporal SDK';
  const from = [import.meta.url, path.join(project, 'package.json')];
  const worker = found('@temporalio/worker', import.meta.url);
  if (worker === undefined) return fail(name, '@temporalio/worker is not installed', 'npm install @temporalio/worker');
  from.push(path.join(worker.folder, 'package.json'));
  const copies = TEMPORAL.map((each) => copiesOf(`@temporalio/${each}`, from));
  const twice = copies
    .filter((each) => each.length > 1)
    .flatMap(([first]) => (first === undefined ? [] : [first.name]));
  const [one = ''] = twice;
  if (twice.length > 0)
    return fail(
      name,
      `there are two copies of ${one}${twice.length > 1 ? ` and ${twice.length - 1} more` : ''}`,
      `npm ls ${one}, then npm dedupe`,
    );
  const versions = [...new Set(copies.flat().map(({ version }) => version))];
  if (versions.length === 1) return ok(name, `${versions.join()}, one copy of each package`);
  return warn(
    name,
    `packages of different versions: ${versions.join(', ')}`,
    'npm install @temporalio/{activity,client,common,envconfig,plugin,worker,workflow}@latest',
  );
}

// npm lifts an older one up, which another package brings; the SDK then cannot read some of its own messages.
function checkProtobuf(): Check {
  const proto = found('@temporalio/proto', found('@temporalio/common', import.meta.url)?.folder);
  const used = found('protobufjs', proto?.folder);
  if (used === undefined) return ok('protobufjs', 'not used');
  const isOld = Number(used.version.split('.')[0]) < OLDEST_PROTOBUF;
  if (!isOld) return ok('protobufjs', used.version);
  return warn(
    'protobufjs',
    `${used.version} is what the SDK finds; it needs ${OLDEST_PROTOBUF} for large payloads`,
    'npm install protobufjs@^8.8.1',
  );
}

function copiesOf(name: string, from: readonly string[]): Found[] {
  const copies = from.flatMap((each) => found(name, each) ?? []);
  return copies.filter(({ folder }, i) => copies.findIndex((each) => each.folder === folder) === i);
}

/** The package as a file there would find it. `from`: an URL, a file, or a folder. */
function found(name: string, from: string | undefined): Found | undefined {
  if (from === undefined) return undefined;
  const isPlace = from.startsWith('file:') || from.endsWith('package.json');
  try {
    const file = createRequire(isPlace ? from : path.join(from, 'package.json')).resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { name, folder: realpathSync(path.dirname(file)), version };
  } catch {
    return undefined;
  }
}
