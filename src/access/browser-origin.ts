import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config/config.js';
import { BrowserSessionRefused } from '../modules/sessions/sessions.errors.js';

type Settings = Pick<Config, 'BROWSER_SESSIONS' | 'CORS_ORIGINS' | 'publicUrl'>;

/**
 * The origins whose pages may have browser sessions: those of CORS_ORIGINS that are written out, and the server's own. A
 * pattern admits none, because anybody who deploys a preview has an origin that it matches.
 */
export function browserOrigins({ BROWSER_SESSIONS, CORS_ORIGINS, publicUrl }: Settings): ReadonlySet<string> {
  if (!BROWSER_SESSIONS) return new Set();
  return new Set([...CORS_ORIGINS.filter((origin) => !origin.includes('*')), new URL(publicUrl).origin]);
}

/**
 * Throws BrowserSessionRefused unless a page of one of the origins sent the request. Browsers set both headers, and no
 * script can: `Origin` on every request that is no plain GET, `Sec-Fetch-Site` since 2023.
 */
export function assertBrowserOrigin(
  { origin, 'sec-fetch-site': site = 'same-origin' }: IncomingHttpHeaders,
  origins: ReadonlySet<string>,
): void {
  if (origins.size === 0) throw new BrowserSessionRefused('This server has no browser sessions.');
  if (origin === undefined || !origins.has(origin)) {
    throw new BrowserSessionRefused('`Origin` must be in CORS_ORIGINS, written out, or the server’s own.');
  }
  if (site !== 'same-origin' && site !== 'same-site') {
    throw new BrowserSessionRefused(
      'The page must be of the same site as the server: browsers send no cookie.',
    );
  }
}
