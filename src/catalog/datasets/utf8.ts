import { readFile } from 'node:fs/promises';

/** The text of a file. Throws a `TypeError` (`ERR_ENCODING_INVALID_ENCODED_DATA`) when it is not UTF-8. */
export async function readUtf8(
  file: string,
  options: { keepMark: boolean; signal: AbortSignal | undefined },
): Promise<string> {
  const bytes = await readFile(file, options.signal === undefined ? {} : { signal: options.signal });
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: options.keepMark }).decode(bytes);
}
