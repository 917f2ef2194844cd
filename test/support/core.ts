import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type OpenDatabase, openDatabase } from '../../src/boot/open-database.js';
import { Log } from '../../src/common/log.js';
import type { RequestOrigin } from '../../src/common/request-origin.js';
import { type Config, loadConfig } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import {
  type RecentMessage,
  RecentMessagesService,
} from '../../src/modules/messaging/recent-messages.service.js';
import { Metrics } from '../../src/modules/metrics/metrics.js';
import { MetricsModule } from '../../src/modules/metrics/metrics.module.js';
import { SecretKeysModule } from '../../src/modules/secret-keys/secret-keys.module.js';
import { secretKeyOf, type Settings, TEST_SETTINGS } from './server.js';
import { TestDatabase } from './test-database.js';

@Module({})
class CoreModule {}

/** So many messages that no test sends more to one recipient. */
const ALL_MESSAGES = 100;

/**
 * Modules of the core in this process, without HTTP: with the database of this spec file, opened as the server opens
 * it (two pools, its own role, row-level security), and the settings of the suites.
 */
export class Core {
  /** Reads and changes rows of every tenant, as the owner of the tables. */
  readonly database = TestDatabase.attach(process.env.TEST_DATABASE_URL ?? '');
  readonly config: Config;
  private opened?: OpenDatabase;
  private app?: INestApplicationContext;
  private origins = 0;

  constructor(
    private readonly modules: (Type | DynamicModule)[],
    settings: Settings = {},
  ) {
    const all = { ...TEST_SETTINGS, SECRET_KEY: secretKeyOf(this.database.url), ...settings };
    const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
    this.config = loadConfig({ DATABASE_URL: this.database.url, ...Object.fromEntries(set) });
  }

  async open(): Promise<this> {
    this.opened = await openDatabase(this.config, new Log('error'), { migrates: false });
    const imports = [
      ConfigModule.forRoot(this.config),
      DatabaseModule.forRoot(this.opened.dataSource, this.opened.acrossTenants),
      MetricsModule.forRoot(new Metrics('0.0.0')),
      SecretKeysModule,
      ...this.modules,
    ];
    this.app = await NestFactory.createApplicationContext({ module: CoreModule, imports }, { logger: false });
    return this;
  }

  async close(): Promise<void> {
    await this.app?.close();
    await this.opened?.close();
    await this.database.disconnect();
  }

  /** The instance of any of the modules, exported or not. */
  get<T>(service: Type<T>): T {
    if (!this.app) throw new Error('The core is opened in beforeAll');
    return this.app.get(service);
  }

  /** Rows of one statement, across tenants. */
  query<Row extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.database.query<Row>(sql, values);
  }

  /** Advances time for every row. The clock of this process stays: TOTP steps and signed tokens do not age. */
  pass(seconds: number): Promise<void> {
    return this.database.pass(seconds);
  }

  /** A client with an address of its own, because limits apply to addresses. */
  origin(): RequestOrigin {
    this.origins += 1;
    const address = `10.7.${this.origins >> 8}.${this.origins & 255}`;
    return { address, userAgent: 'spec', requestId: `request-${this.origins}` };
  }

  /** What was sent to an address or a phone number, decrypted, newest first. */
  async messages(to: string, template?: RecentMessage['template']): Promise<RecentMessage[]> {
    const messages = await this.get(RecentMessagesService).list({ to, limit: ALL_MESSAGES });
    return messages.filter((message) => template === undefined || message.template === template);
  }

  /** The newest one. Throws if there is none. */
  async latest(to: string, template: RecentMessage['template']): Promise<RecentMessage> {
    const [message] = await this.messages(to, template);
    if (!message) throw new Error(`No message of the kind ${template} to ${to}`);
    return message;
  }
}

/** The core of a spec file: opened before its tests, and closed after them. */
export function useCore(modules: (Type | DynamicModule)[], settings: Settings = {}): Core {
  const core = new Core(modules, settings);
  beforeAll(() => core.open());
  afterAll(() => core.close());
  return core;
}
