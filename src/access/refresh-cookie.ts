/** The prefix makes browsers refuse the cookie from a subdomain, from plain HTTP and for a path (RFC 6265bis §4.1.3.2). */
const REFRESH_COOKIE = '__Host-gatehouse-refresh';

/** Browsers accept no longer ones (RFC 6265bis §5.6). */
const MAX_VALUE = 4_096;
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** The value of `Set-Cookie` that keeps the refresh token. */
export function keepRefreshToken(token: string, maxAgeSeconds: number): string {
  return `${REFRESH_COOKIE}=${token}; Max-Age=${maxAgeSeconds}; ${ATTRIBUTES}`;
}

/** The value of `Set-Cookie` that removes it. */
export const FORGET_REFRESH_TOKEN = `${REFRESH_COOKIE}=; Max-Age=0; ${ATTRIBUTES}`;

/**
 * The refresh token of a `Cookie` header. Null if there is none, or if the cookie occurs twice: nobody can tell then
 * which one the server has set, and which one a subdomain added.
 */
export function readRefreshCookie(header = ''): string | null {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${REFRESH_COOKIE}=`))
    .map((pair) => pair.slice(REFRESH_COOKIE.length + 1));
  const [value = ''] = values;
  return values.length === 1 && value !== '' && value.length <= MAX_VALUE ? value : null;
}
