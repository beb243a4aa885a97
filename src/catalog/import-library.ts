import { PipelineError } from '../core/index.ts';
import { errorCode } from './failures.ts';

/**
 * What `load` imports: a package that is only needed by those who use this type. Throws `DATASET_LIBRARY_MISSING` with
 * the line that installs it.
 */
export async function importLibrary<T>(dataset: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new PipelineError(
      'DATASET_LIBRARY_MISSING',
      `The dataset "${dataset}" needs the package ${name}, which is not installed: npm install ${name}`,
      { cause: error, details: { dataset, library: name } },
    );
  }
}
