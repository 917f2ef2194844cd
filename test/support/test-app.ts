import { Client, type Reply, type RequestOptions } from './client.js';
import { Given } from './given.js';
import type { Inbox } from './inbox.js';
import { Server, type Settings } from './server.js';
import { TestDatabase } from './test-database.js';

/**
 * One server with one database for the surrounding `describe`: started before its first test, gone after its last.
 * Its log is printed where a test failed.
 */
export function createTestApp(settings: Settings = {}): TestApp {
  const app = new TestApp();
  beforeAll(() => app.start(settings));
  afterAll(() => app.stop());
  return app;
}

export class TestApp {
  private started: { server: Server; database: TestDatabase } | null = null;
  private clients: Client[] = [];
  readonly given = new Given(() => this.client());

  get server(): Server {
    return this.running.server;
  }

  get database(): TestDatabase {
    return this.running.database;
  }

  get inbox(): Inbox {
    return this.given.inbox;
  }

  async start(settings: Settings): Promise<void> {
    const database = await TestDatabase.create();
    try {
      this.started = { database, server: await Server.start({ DATABASE_URL: database.url, ...settings }) };
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    const { server, database } = this.started;
    const failed = (globalThis as { gatehouseTestFailed?: boolean }).gatehouseTestFailed;
    await Promise.all(this.clients.map((client) => client.close()));
    await server.dispose();
    await database.drop();
    if (failed) process.stderr.write(`The server's log:\n${server.log.slice(-20_000)}\n`);
  }

  /** A client at an address of its own, nobody yet. */
  client(token: string | null = null, server: Server = this.server): Client {
    const client = new Client(server.origin, token);
    this.clients.push(client);
    return client;
  }

  /** One anonymous request from a new address. */
  get(path: string, options?: RequestOptions): Promise<Reply> {
    return this.client().get(path, options);
  }

  /** One anonymous request from a new address. */
  post(path: string, body?: unknown, options?: RequestOptions): Promise<Reply> {
    return this.client().post(path, body, options);
  }

  private get running() {
    if (!this.started) throw new Error('The server is started before the first test, not earlier');
    return this.started;
  }
}
