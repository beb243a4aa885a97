/** The token that callers show, and the cookie that a browser gets for it. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const COOKIE_SECONDS = 7 * 24 * 60 * 60;

export interface Tokens {
  /** Whether it is the token; takes as long for a wrong one. */
  isToken(given: string): boolean;
  /** Whether a cookie header has a pass that this token gave and that has not run out. */
  hasPass(cookieHeader: string): boolean;
  /** The header that gives a browser its pass. */
  passCookie(): string;
}

/** Makes what checks `token`. A pass holds across restarts, for a week, until the token changes. */
export function tokensOf(token: string): Tokens {
  const digest = (text: string) => createHmac('sha256', token).update(text).digest();
  const expected = digest(token);
  // A browser sends the cookies of all ports of a host: another endpoint's must not take the place of this one's.
  const cookie = `kedro_temporal_${digest('cookie').toString('hex').slice(0, 12)}`;
  const passOf = (expires: string) => `${expires}.${digest(`pass ${expires}`).toString('base64url')}`;
  const isPass = (pass: string) => {
    const [expires = ''] = pass.split('.');
    return isEqual(digest(pass), digest(passOf(expires))) && Number(expires) > Date.now() / 1000;
  };
  return {
    isToken: (given) => isEqual(digest(given), expected),
    hasPass: (header) => cookiesIn(header, cookie).some(isPass),
    passCookie() {
      const pass = passOf(String(Math.floor(Date.now() / 1000) + COOKIE_SECONDS));
      return `${cookie}=${pass}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`;
    },
  };
}

// Digests are of one length, whatever was given.
function isEqual(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}

function cookiesIn(header: string, name: string): string[] {
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}
