import { Client, type Reply } from '../client.js';
import { milliseconds } from '../clock.js';
import { withoutQuery } from './ask.js';
import { type Ask, type Journal, NotAcknowledged } from './journal.js';
import type { Random } from './random.js';

/** Sends the requests of one life to the servers, each to one of them, and records how they end. */
export class Caller {
  private readonly clients: Client[];

  constructor(
    origins: readonly string[],
    private readonly journal: Journal,
    private readonly random: Random,
  ) {
    const [first = '', ...others] = origins;
    const client = new Client(first);
    this.clients = [client, ...others.map((origin) => new Client(origin, null, client))];
  }

  /**
   * As a load balancer does, tries another server only where one refused the connection. Throws `NotAcknowledged` if the
   * request has no answer, or an answer that refuses it.
   */
  send: Ask = async (method, path, options) => {
    const first = this.random.integer(this.clients.length);
    const ordered = [...this.clients.slice(first), ...this.clients.slice(0, first)];
    const { journal } = this;
    const since = milliseconds();
    journal.waiting += 1;
    try {
      const reply = await sendToOneOf(ordered, method, path, options);
      if (reply.status < 300) return reply;
      if (reply.status === 503) journal.unknown += 1;
      else journal.unexpected.push(`${method} ${withoutQuery(path)}: ${reply.status} ${reply.body.code}`);
      throw new NotAcknowledged(String(reply.status));
    } catch (error) {
      if (error instanceof NotAcknowledged) throw error;
      const { code = 'none' } = error as { code?: string };
      if (code === 'UND_ERR_HEADERS_TIMEOUT') journal.unexpected.push(`${method} ${path}: no answer`);
      else journal.unknown += 1;
      throw new NotAcknowledged(code);
    } finally {
      journal.waiting -= 1;
      journal.ended += 1;
      journal.longestWaitMs = Math.max(journal.longestWaitMs, milliseconds() - since);
    }
  };

  close(): Promise<void> | undefined {
    return this.clients[0]?.close();
  }
}

async function sendToOneOf(
  clients: Client[],
  method: string,
  path: string,
  { body, token = null }: { body?: object; token?: string | null } = {},
): Promise<Reply> {
  let refused: unknown;
  for (const client of clients) {
    try {
      return await client.send(method, path, body, { token });
    } catch (error) {
      if ((error as { code?: string }).code !== 'ECONNREFUSED') throw error;
      refused = error;
    }
  }
  throw refused;
}
