import { Client } from '../client.js';
import type { Ask } from './journal.js';

/** Asks the server from an address of its own, again where it answers 503. Throws at an answer that no claim expects. */
export function askAt(origin: string): Ask {
  return async (method, path, options) => {
    const client = new Client(origin);
    try {
      for (;;) {
        const reply = await client.send(method, path, options?.body, { token: options?.token ?? null });
        if (reply.status === 429 || (reply.status >= 500 && reply.status !== 503))
          throw new Error(`${method} ${withoutQuery(path)} got ${reply.status} ${reply.text}`);
        if (reply.status !== 503) return reply;
      }
    } finally {
      await client.close();
    }
  };
}

/** No secret of a query is printed. */
export const withoutQuery = (path: string): string => path.replace(/\?.*/, '');
