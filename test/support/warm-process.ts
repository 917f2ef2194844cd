import { readFileSync } from 'node:fs';
import { canaries } from './canaries/canaries.js';
import { Client } from './client.js';
import { Server, type Settings } from './server.js';
import { findShared, forgetShared, keepShared } from './shared.js';
import { TestApp } from './test-app.js';
import { TestDatabase } from './test-database.js';
import { WarmServer } from './warm-server.js';

/** The two processes of a jest worker, by settings of suites that `useSharedApp` starts in them. */
const PROCESSES = { plain: {}, other: { of: 'a suite' } } satisfies Record<string, Settings>;

/** Its settings, so that the next suite starts a server of its own in the process. */
const BORROWED: Settings = { of: 'a suite that has borrowed the process' };

/**
 * One of the two processes that the suites of this jest worker share, for the surrounding `describe`: for servers on a
 * database, at an address or beside a server that `useSharedApp` does not provide. Call it before `createTestApp`, so
 * that its server stops before the database is dropped.
 */
export function useWarmProcess(name: keyof typeof PROCESSES = 'plain'): WarmProcess {
  const borrowed = new WarmProcess(PROCESSES[name]);
  beforeAll(() => borrowed.take());
  afterAll(() => borrowed.leave());
  return borrowed;
}

/** As `createTestApp`, with the server in such a process: it can be restarted, but not stopped. */
export function createAppIn(process: WarmProcess, settings: Settings = {}): TestApp {
  const app = new TestApp();
  beforeAll(() => app.start(settings, undefined, (all) => process.serve(all)));
  afterAll(() => app.stop());
  return app;
}

/** It serves one server at a time. */
export class WarmProcess {
  private taken: { warm: WarmServer; databaseUrl: string } | null = null;
  private logStart = 0;

  constructor(private readonly kind: Settings) {}

  /** Starts a server, in place of the one before. Throws the reason why it does not start. */
  async serve(settings: Settings): Promise<Server> {
    const warm = await this.stopped();
    return Server.startIn(warm, settings);
  }

  /** A further server on the database and with the keys of this one, at an address of its own. */
  async serveBeside(server: Server, changes: Settings = {}): Promise<Server> {
    return server.startSibling(changes, await this.stopped());
  }

  /** Starts a server that has been killed or stopped again: at its address, with its settings and its data. */
  async runAgain({ settings }: Server, changes: Record<string, string> = {}): Promise<void> {
    await (await this.stopped()).start({ ...settings, ...changes }, changes);
  }

  async stop(): Promise<void> {
    await this.stopped();
  }

  async take(): Promise<void> {
    const found = findShared(this.kind);
    // Nobody else may use it meanwhile
    forgetShared(this.kind);
    this.taken = {
      warm: found ? WarmServer.attach(found.warm) : await WarmServer.spawn(),
      databaseUrl: found?.databaseUrl ?? (await newDatabase()),
    };
    this.logStart = this.log.length;
    Client.lastAddress = Math.max(Client.lastAddress, found?.lastAddress ?? 0);
  }

  async leave(): Promise<void> {
    if (!this.taken) return;
    const { databaseUrl } = this.taken;
    const warm = await this.stopped();
    keepShared(this.kind, {
      settings: BORROWED,
      server: { origin: '', environment: {}, logFile: warm.reference.logFile },
      warm: warm.reference,
      databaseUrl,
      lastAddress: Client.lastAddress,
    });
    canaries.searchLog(this.log.slice(this.logStart));
  }

  private get log(): string {
    return this.taken ? readFileSync(this.taken.warm.reference.logFile, 'utf8') : '';
  }

  private async stopped(): Promise<WarmServer> {
    if (!this.taken) throw new Error('The process is there before the first test, not earlier');
    await this.taken.warm.stop();
    return this.taken.warm;
  }
}

/** For the suites that use the process afterwards. */
async function newDatabase(): Promise<string> {
  const database = await TestDatabase.create();
  await database.disconnect();
  return database.url;
}
