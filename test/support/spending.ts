import { randomBytes } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Database } from '../../src/database/database.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import type { Transaction } from '../../src/database/transaction.js';
import { MessagesService, type SendOutcome } from '../../src/modules/messaging/messages.service.js';
import { MessagingModule } from '../../src/modules/messaging/messaging.module.js';
import type {
  InvitationMessage,
  NoticeEvent,
  NoticeMessage,
  OtpMessage,
  OutgoingMessage,
} from '../../src/modules/messaging/outgoing-message.js';
import {
  type RecentMessage,
  RecentMessagesService,
} from '../../src/modules/messaging/recent-messages.service.js';
import { Metrics } from '../../src/modules/metrics/metrics.js';
import { MetricsModule } from '../../src/modules/metrics/metrics.module.js';
import { SecretKeysModule } from '../../src/modules/secret-keys/secret-keys.module.js';
import { inSeconds } from './clock.js';

@Module({})
class SpendingModule {}

const MANY = '1000000';
/** No limit applies unless a test sets it. */
export const WIDE_OPEN = {
  SMS_BLOCK_PER_HOUR: MANY,
  SMS_ADDRESS_PER_HOUR: MANY,
  SMS_ADDRESS_PER_DAY: MANY,
  SMS_DAILY_BUDGET: MANY,
  SMS_INVITATION_DAILY_BUDGET: MANY,
  SMS_NOTICE_DAILY_BUDGET: MANY,
  SMS_COUNTRY_DAILY_BUDGET: MANY,
  SMS_TENANT_DAILY_BUDGET: MANY,
  SMS_HOLD_AFTER: MANY,
};

let last = 0;
/** Each number in a block of its own, as far as there are blocks. */
export const digits = (count: number): string => String((++last * 10_007) % 10 ** count).padStart(count, '0');
export const indian = (): string => `+9198${digits(8)}`;
export const british = (): string => `+4474${digits(8)}`;
export const address = (): string => `10.0.${(++last >> 8) & 255}.${last & 255}`;
export const otp = (to: string, more: Partial<OtpMessage> = {}): OtpMessage => ({
  template: 'otp',
  channel: 'sms',
  purpose: 'sign-in',
  to,
  code: '048213',
  expiresAt: inSeconds(600),
  ttlSeconds: 600,
  origin: { address: address(), userAgent: null, requestId: 'r' },
  ...more,
});
export const from = (origin: string) => ({ origin: { address: origin, userAgent: null, requestId: 'r' } });
export const invitation = (to: string): InvitationMessage => ({
  ...otp(to),
  template: 'invitation',
  tenantName: 'Acme',
  inviterName: 'Priya',
  roleName: 'User',
  token: 'tok',
});
export const notice = (to: string, event: NoticeEvent = 'password_changed'): NoticeMessage => {
  const { origin } = otp(to);
  return { template: 'notice', channel: 'sms', to, firstName: 'Priya', event, at: inSeconds(0), origin };
};
export const count = (outcomes: SendOutcome[], outcome: SendOutcome): number =>
  outcomes.filter((one) => one === outcome).length;

/** The messages of a spec file, with the settings of each test, and no message before it. */
export class Spending {
  private readonly secretKey = randomBytes(32).toString('base64');
  private readonly metrics = MetricsModule.forRoot(new Metrics('0.0.0'));
  /** As the server has them: one for transactions, and one for statements that commit at once. */
  private pools: [DataSource, DataSource] | null = null;
  private app: INestApplicationContext | null = null;

  async connect(): Promise<void> {
    const open = (poolSize: number) =>
      new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL, poolSize }).initialize();
    this.pools = await Promise.all([open(25), open(5)]);
  }

  async close(): Promise<void> {
    await this.app?.close();
    await Promise.all((this.pools ?? []).map((pool) => pool.destroy()));
  }

  /** With these limits, and no other one. */
  open(environment: Record<string, string>): Promise<void> {
    return this.start({ ...WIDE_OPEN, ...environment });
  }

  /** With these limits, and the default ones. */
  async start(environment: Record<string, string>): Promise<void> {
    await this.app?.close();
    const given = { SECRET_KEY: this.secretKey, DATABASE_URL: process.env.TEST_DATABASE_URL };
    const imports = [
      ConfigModule.forRoot(loadConfig({ ...given, ...environment })),
      DatabaseModule.forRoot(...this.connected),
      this.metrics,
      SecretKeysModule,
      MessagingModule,
    ];
    this.app = await NestFactory.createApplicationContext(
      { module: SpendingModule, imports },
      { logger: false },
    );
  }

  get messages(): MessagesService {
    return this.opened.get(MessagesService);
  }

  transaction<T>(act: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.opened.get(Database, { strict: false }).transaction(act);
  }

  send(message: OutgoingMessage, act: 'send' | 'suppress' = 'send'): Promise<SendOutcome> {
    return this.transaction((tx) => this.messages[act](tx, message));
  }

  sendAll(messages: OutgoingMessage[]): Promise<SendOutcome[]> {
    return Promise.all(messages.map((message) => this.send(message)));
  }

  verified(phone: string): Promise<void> {
    return this.transaction((tx) => this.messages.recordVerified(tx, phone));
  }

  inbox(to: string): Promise<RecentMessage[]> {
    return this.opened.get(RecentMessagesService).list({ to, limit: 10 });
  }

  query<Rows = unknown>(sql: string, values: unknown[] = []): Promise<Rows> {
    return this.connected[0].query<Rows>(sql, values);
  }

  private get opened(): INestApplicationContext {
    if (!this.app) throw new Error('A test opens the messages first');
    return this.app;
  }

  private get connected(): [DataSource, DataSource] {
    if (!this.pools) throw new Error('The database is opened in beforeAll');
    return this.pools;
  }
}

/** Opened before the tests of a spec file, emptied before each, and closed after them. */
export function useSpending(): Spending {
  const spending = new Spending();
  beforeAll(() => spending.connect());
  beforeEach(() => spending.query('TRUNCATE messages, audit_events, sms_spending, sms_alerts'));
  afterAll(() => spending.close());
  return spending;
}
