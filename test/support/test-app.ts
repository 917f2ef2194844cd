import { isDeepStrictEqual } from 'node:util';
import { canaries } from './canaries/canaries.js';
import { searchDatabase } from './canaries/search-database.js';
import { Client, type Reply, type RequestOptions } from './client.js';
import { Given } from './given.js';
import type { Inbox } from './inbox.js';
import { Server, type Settings } from './server.js';
import { findShared, forgetShared, keepShared } from './shared.js';
import { TestDatabase } from './test-database.js';
import { unique } from './unique.js';
import { until } from './until.js';
import { WarmServer } from './warm-server.js';

const MARK_VERIFIED = 'UPDATE users SET email_verified_at = now() WHERE id = $1 AND email IS NOT NULL';

/** From the database's address to the one by which the server connects to it. */
export type DatabaseRoute = (url: string) => Promise<string>;

/**
 * One server with one database for the surrounding `describe`: started before its first test, removed after its last.
 */
export function createTestApp(settings: Settings = {}, route?: DatabaseRoute): TestApp {
  const app = new TestApp();
  beforeAll(() => app.start(settings, route));
  afterAll(() => app.stop());
  return app;
}

/**
 * The server that the suites of one jest worker share, one after the other, each with its settings and an empty
 * database. It can be restarted, but not stopped, and its keys are older than the suite.
 */
export function useSharedApp(settings: Settings = {}): TestApp {
  const app = new TestApp();
  beforeAll(() => app.attach(settings));
  afterAll(() => app.detach(settings));
  return app;
}

export class TestApp {
  private started: { server: Server; database: TestDatabase } | null = null;
  private readonly clients: Client[] = [];
  private warm: WarmServer | null = null;
  private logStart = 0;
  readonly given = new Given(
    () => this.client(),
    (userId) => this.database.query(MARK_VERIFIED, [userId]),
  );

  get server(): Server {
    return this.running.server;
  }

  get database(): TestDatabase {
    return this.running.database;
  }

  get inbox(): Inbox {
    return this.given.inbox;
  }

  /** What the server logged for this spec file, as far as it is written: the last lines can be missing. */
  get log(): string {
    return this.server.log.slice(this.logStart);
  }

  /** The log with every line of what was answered before the call, and one of a request of its own to `/health/live`. */
  async writtenLog(server: Server = this.server): Promise<string> {
    const mark = `mark-${unique()}`;
    await this.client(null, server).get('/health/live', { headers: { 'x-request-id': mark } });
    const log = () => (server === this.server ? this.log : server.log);
    await until(() => log().includes(mark));
    return log();
  }

  async start(
    settings: Settings,
    route: DatabaseRoute = (url) => Promise.resolve(url),
    startServer: (settings: Settings) => Promise<Server> = (all) => Server.start(all),
  ): Promise<void> {
    const database = await TestDatabase.create();
    try {
      const DATABASE_URL = await route(database.url);
      this.started = { database, server: await startServer({ DATABASE_URL, ...settings }) };
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    const { server, database } = this.started;
    this.printLogOfFailure();
    await this.closeClients();
    await server.dispose();
    await searchDatabase(database, canaries);
    await database.drop();
  }

  async attach(settings: Settings): Promise<void> {
    const found = findShared(settings);
    // Until it is given back: an overlapping use of the same settings would get the same server
    forgetShared(settings);
    const database = found ? TestDatabase.attach(found.databaseUrl) : await TestDatabase.create();
    this.warm = found ? WarmServer.attach(found.warm) : await WarmServer.spawn();
    if (found && isDeepStrictEqual(found.settings, settings)) {
      await database.clear();
      this.started = { database, server: Server.attach(found.server, this.warm) };
    } else {
      await this.warm.stop();
      if (found) await database.clear();
      const DATABASE_URL = database.url;
      this.started = { database, server: await Server.startIn(this.warm, { DATABASE_URL, ...settings }) };
    }
    Client.lastAddress = Math.max(Client.lastAddress, found?.lastAddress ?? 0);
    this.logStart = (await this.writtenLog()).length;
  }

  async detach(settings: Settings): Promise<void> {
    if (!this.started || !this.warm) return;
    const { server, database } = this.started;
    this.printLogOfFailure();
    const log = await this.writtenLog();
    keepShared(settings, {
      settings: { ...settings, ...server.changes },
      server: server.reference,
      warm: this.warm.reference,
      databaseUrl: database.url,
      lastAddress: Client.lastAddress,
    });
    await this.closeClients();
    canaries.searchLog(log);
    await searchDatabase(database, canaries);
    await database.disconnect();
  }

  /** A client at an address of its own, not signed in. */
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

  private printLogOfFailure(): void {
    const { gatehouseTestFailed: failed } = globalThis as { gatehouseTestFailed?: boolean };
    if (failed) process.stderr.write(`The server's log:\n${this.log.slice(-20_000)}\n`);
  }

  private async closeClients(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}
