/** How this room fails: which code, and words that name the dataset and the place. */
import { isPipelineError, messageOf, PipelineError } from '../core/index.ts';

/** `DATASET_VALUE_INVALID`. `path` is where inside the value, such as `rows[3].price`; '' is the value itself. */
export function invalidValue(dataset: string, path: string, problem: string): PipelineError {
  const place = path === '' ? 'The value' : `The value at ${path}`;
  return new PipelineError('DATASET_VALUE_INVALID', `${place} cannot be kept in the dataset "${dataset}": ${problem}`, {
    details: { dataset, path },
  });
}

/** `DATASET_NOT_SAVED_YET`. */
export function notSavedYet(dataset: string, place: string, hint = ''): PipelineError {
  return new PipelineError(
    'DATASET_NOT_SAVED_YET',
    `The dataset "${dataset}" has nothing to load: ${place} does not exist.${hint}`,
    { details: { dataset, path: place } },
  );
}

/** `DATASET_READ_ONLY`. */
export function readOnly(dataset: string): PipelineError {
  return new PipelineError('DATASET_READ_ONLY', `The dataset "${dataset}" can only be loaded.`, {
    details: { dataset },
  });
}

/** What is being done, for {@link guarded}. */
export interface Operation {
  verb: 'load' | 'save';
  dataset: string;
  /** Shown in messages. */
  place: string;
  signal?: AbortSignal | undefined;
  /** Whether trying again with nothing changed may help. Default: {@link mayPass}. */
  retryable?: ((error: unknown) => boolean) | undefined;
}

/**
 * Does `work`. What it throws becomes `DATASET_LOAD_FAILED` or `DATASET_SAVE_FAILED`, except errors that have a code of
 * their own; when the signal has fired, its reason is thrown instead, whatever else went wrong.
 */
export async function guarded<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
  const { verb, dataset, place, signal } = operation;
  signal?.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isPipelineError(error)) throw error;
    throw new PipelineError(
      verb === 'load' ? 'DATASET_LOAD_FAILED' : 'DATASET_SAVE_FAILED',
      `The dataset "${dataset}" could not be ${verb === 'load' ? 'loaded from' : 'saved to'} ${place}: ${messageOf(error)}${IN_THE_WAY[errorCode(error) ?? ''] ?? ''}`,
      { cause: error, details: { dataset, path: place }, retryable: (operation.retryable ?? mayPass)(error) },
    );
  }
}

const IN_THE_WAY: Readonly<Record<string, string>> = {
  ENOTDIR: '. A file is where a folder must be; a versioned dataset keeps its versions in a folder of its own name.',
  EISDIR: '. A folder is where the file must be; perhaps it holds versions: of an entry with versioned: true.',
};

/** Everything may pass but content that cannot be read: a syntax error, bytes that are not UTF-8. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof SyntaxError) && errorCode(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

/** The `code` of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
