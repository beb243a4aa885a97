/**
 * Redirects of an HTTP API, followed as `fetch` does but for one thing: to another host goes nothing of what the entry says of
 * itself. `fetch` takes away `Authorization` alone, and keys have headers of their own names.
 */

/** One request as it is sent. */
export interface Sending {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | undefined;
}

const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 20;

/** What a host may know that the entry does not name. */
const HARMLESS = ['accept', 'accept-language', 'content-type', 'user-agent'];

/** Sends, and follows redirects where `follows`. Throws what `fetch` throws, and what `refused` makes of a redirect that leads nowhere. */
export async function answerTo(
  first: Sending,
  follows: boolean,
  signal: AbortSignal,
  refused: (why: string) => Error,
): Promise<Response> {
  let sending = first;
  for (let hops = 0; ; hops++) {
    const { url, method, headers, body } = sending;
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    const location = response.headers.get('location');
    if (!follows || location === null || !REDIRECTS.includes(response.status)) return response;
    await response.body?.cancel();
    if (hops === MOST_REDIRECTS) throw refused(`it redirects more than ${MOST_REDIRECTS} times.`);
    const to = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (to === undefined || !/^https?:$/.test(to.protocol) || to.username !== '')
      throw refused('it redirects to no address of HTTP.');
    sending = redirected(sending, to, response.status);
  }
}

function redirected({ url, method, headers, body }: Sending, to: URL, status: number): Sending {
  const kept = new Headers([...headers].filter(([name]) => isSameHost(url, to) || HARMLESS.includes(name)));
  if (!(status === 303 || (status < 303 && method === 'POST'))) return { url: to, method, headers: kept, body };
  kept.delete('content-type');
  return { url: to, method: 'GET', headers: kept, body: undefined };
}

// With another port it is another server; http to https of one host is the same one, which has become careful.
function isSameHost(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  return (
    from.hostname === to.hostname && from.protocol === 'http:' && to.protocol === 'https:' && !from.port && !to.port
  );
}
