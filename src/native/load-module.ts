import { pathToFileURL } from 'node:url';

/**
 * Imports a project's own file, TypeScript included: as this process imports files where it can (Node 22.18 and later strip
 * types, and so do the usual loaders), else through tsx for this one file and what it imports, leaving the process as it was.
 */
export async function loadModule(file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(file).href;
  try {
    return await import(/* @vite-ignore */ url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
  }
  const { tsImport } = await import('tsx/esm/api');
  return await tsImport(url, import.meta.url);
}

/** Endings of files that {@link loadModule} can load, in the order in which they are looked for. */
export const MODULE_ENDINGS = ['.ts', '.mts', '.js', '.mjs'] as const;
