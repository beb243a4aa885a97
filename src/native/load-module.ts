import { pathToFileURL } from 'node:url';

/**
 * The default export of a project's own file, TypeScript included: imported as this process imports files where it can
 * (Node 22.18 and later strip types, and so do the usual loaders), else through tsx for project files only, leaving the
 * process as it was.
 */
export async function loadDefault(file: string): Promise<unknown> {
  return defaultOf(await importFile(pathToFileURL(file).href));
}

/** Endings of files that {@link loadDefault} can load, in the order in which they are looked for. */
export const MODULE_ENDINGS = ['.ts', '.mts', '.js', '.mjs'] as const;

async function importFile(url: string): Promise<Record<string, unknown>> {
  try {
    return await import(/* @vite-ignore */ url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
  }
  projectLoader ??= startLoader();
  return await (await projectLoader)(url, import.meta.url);
}

type Loader = (url: string, parent: string) => Promise<Record<string, unknown>>;

let projectLoader: Promise<Loader> | undefined;

// One for all files, so that what two pipelines import is one module with one state, as it is without tsx.
async function startLoader(): Promise<Loader> {
  const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  const namespace = 'kedro-temporal';
  // For what a project without "type": "module" requires.
  commonJs.register({ namespace });
  return esm.register({ namespace }).import;
}

// A project without "type": "module" is compiled to CommonJS, whose exports arrive one level deeper.
function defaultOf(loaded: Record<string, unknown>): unknown {
  const outer = loaded.default;
  const isWrapped = typeof outer === 'object' && outer !== null && Object.hasOwn(outer, '__esModule');
  return isWrapped ? (outer as { default?: unknown }).default : outer;
}
