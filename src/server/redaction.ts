/** Text without what a URL in it may hold that is nobody's business: a user, a password, a signature, a token. */
const URLS = /[a-z][a-z0-9+.-]*:\/\/[^\s'"<>)\]]+/gi;
const HIDDEN = '<redacted>';

/** `text`, of its URLs user, password, query and fragment hidden as Kedro hides them. */
export function redacted(text: string): string {
  return text.includes('://') ? text.replace(URLS, bare) : text;
}

/** An error, with its message so. */
export function redactedError<T extends { message: string }>(error: T): T {
  return { ...error, message: redacted(error.message) };
}

/** What is somewhere, with its place so. */
export function redactedPlace<T extends { filepath?: string }>(stored: T): T {
  return stored.filepath === undefined ? stored : { ...stored, filepath: redacted(stored.filepath) };
}

function bare(url: string): string {
  return url
    .replace(/#.+$/, `#${HIDDEN}`)
    .replace(/\?[^#]+/, `?${HIDDEN}`)
    .replace(/^([^:]+:\/\/)[^/?#]*@/, `$1${HIDDEN}@`);
}
