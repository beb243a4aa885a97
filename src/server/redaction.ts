/** Text without what a URL in it may hold that is nobody's business: a user, a password, a signature, a token. */
const URLS = /[a-z][a-z0-9+.-]*:\/\/[^\s'"<>)\]]+/gi;
const HIDDEN = '<redacted>';

/** `text`, of its URLs user, password, query and fragment hidden as Kedro hides them. */
export function redacted(text: string): string {
  return text.includes('://') ? text.replace(URLS, bare) : text;
}

function bare(url: string): string {
  return url
    .replace(/#.+$/, `#${HIDDEN}`)
    .replace(/\?[^#]+/, `?${HIDDEN}`)
    .replace(/^([^:]+:\/\/)[^/?#]*@/, `$1${HIDDEN}@`);
}
