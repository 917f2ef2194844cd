import type { Client, Reply, RequestOptions } from './client.js';

export const PAGE = 'https://app.example.com';
export const COOKIE = '__Host-gatehouse-refresh';
/** What a browser session opens and refreshes with. */
export const ASKS = { 'x-session-mode': 'cookie', origin: PAGE, 'sec-fetch-site': 'same-site' };
/** The settings of a server whose pages are at PAGE. */
export const WITH_BROWSER_SESSIONS = {
  BROWSER_SESSIONS: 'true',
  CORS_ORIGINS: `${PAGE},https://pr-*.example.com`,
};

/** The `name=value` pair of the answer's cookie; empty if the answer removes it, null if it has none. */
export function cookieOf({ headers }: Reply): string | null {
  const [pair] = headers['set-cookie']?.split(';') ?? [];
  if (pair === undefined) return null;
  return pair === `${COOKIE}=` ? '' : pair;
}

/** A page at PAGE in a browser that keeps the cookie: what a script of that page can send. */
export class BrowserPage {
  /** As a browser sends it; null if it has none. */
  cookie: string | null = null;

  constructor(readonly client: Client) {}

  async post(
    path: string,
    body?: unknown,
    { headers = {}, ...options }: RequestOptions = {},
  ): Promise<Reply> {
    const cookie = { ...(this.cookie !== null && { cookie: this.cookie }) } as Record<string, string>;
    const reply = await this.client.post(path, body, {
      ...options,
      headers: { ...ASKS, ...cookie, ...headers },
    });
    const set = cookieOf(reply);
    if (set !== null) this.cookie = set === '' ? null : set;
    return reply;
  }

  refresh(headers: Record<string, string> = {}): Promise<Reply> {
    return this.post('/auth/refresh', undefined, { headers });
  }
}
