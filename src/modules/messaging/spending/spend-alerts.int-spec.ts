import { randomBytes } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { Exposition } from '../../../../test/support/prometheus.js';
import { otp } from '../../../../test/support/spending.js';
import { loadConfig } from '../../../config/config.js';
import { ConfigModule } from '../../../config/config.module.js';
import { Database } from '../../../database/database.js';
import { DatabaseModule } from '../../../database/database.module.js';
import type { Readings } from '../../metrics/gauges.js';
import { Metrics } from '../../metrics/metrics.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { SecretKeysModule } from '../../secret-keys/secret-keys.module.js';
import { MessagesService } from '../messages.service.js';
import { MessagingModule } from '../messaging.module.js';
import type { OtpMessage } from '../outgoing-message.js';
import { SpendAlerts } from './spend-alerts.js';

@Module({})
class TestModule {}

const SECRET_KEY = randomBytes(32).toString('base64');
const NO_READINGS = new Proxy({}, { get: () => [] }) as Readings;
let dataSource: DataSource;
let servers: { app: INestApplicationContext; metrics: Metrics }[] = [];
let warnings: object[] = [];

/** Replaces the running servers by two new ones. The structured warnings of both are collected in `warnings`. */
async function start(environment: Record<string, string>): Promise<void> {
  await stop();
  warnings = [];
  const logger = {
    log: () => undefined,
    error: () => undefined,
    warn: (fact: unknown) => (typeof fact === 'object' && fact !== null ? warnings.push(fact) : 0),
  };
  for (let count = 0; count < 2; count += 1) {
    const config = loadConfig({ SECRET_KEY, SMS_ADDRESS_PER_HOUR: '1000', ...environment });
    const metrics = new Metrics('0.0.0');
    const imports = [
      ConfigModule.forRoot(config),
      DatabaseModule.forRoot(dataSource),
      MetricsModule.forRoot(metrics),
      SecretKeysModule,
      MessagingModule,
    ];
    const app = await NestFactory.createApplicationContext({ module: TestModule, imports }, { logger });
    servers.push({ app, metrics });
  }
}

/** Stops the servers, which first raise their pending alerts. */
async function stop(): Promise<void> {
  for (const { app } of servers) await app.close();
}

const stopped = async () => {
  await stop();
  const pages = await Promise.all(servers.map(async ({ metrics }) => metrics.render(NO_READINGS)));
  servers = [];
  return (name: string, reason: string) =>
    pages.reduce((sum, text) => sum + new Exposition(text).total(name, { reason }), 0);
};

const send = (message: OtpMessage, server = 0) => {
  const { app } = servers[server] ?? { app: null };
  if (!app) throw new Error('There is no such server');
  return app.get(Database, { strict: false }).transaction((tx) => app.get(MessagesService).send(tx, message));
};
/** Numbers of one block if `step` is 1, each in a block of its own if it is 10,000. */
const burst = (first: number, step: number) =>
  Promise.all(Array.from({ length: 20 }, (_, index) => send(otp(`+91${first + index * step}`), index % 2)));

beforeAll(async () => {
  dataSource = await new DataSource({
    type: 'postgres',
    url: process.env.TEST_DATABASE_URL,
    poolSize: 25,
  }).initialize();
});

beforeEach(() => dataSource.query('TRUNCATE messages, audit_events, sms_spending, sms_alerts'));

afterAll(async () => {
  await stop();
  await dataSource.destroy();
});

const SPENT = { event: 'sms_budget_spent', template: 'otp', tenantId: null };

describe('a budget that is spent', () => {
  it('is reported once by two servers, with its last unit, and each withheld message is counted', async () => {
    await start({ SMS_DAILY_BUDGET: '5' });
    for (let first = 0; first < 4; first += 1) await send(otp(`+91980000000${first}`));
    expect(warnings).toEqual([]);
    await send(otp('+919800000009'));
    await burst(9_811_110_000, 10_000);
    const total = await stopped();

    expect(warnings).toEqual([{ ...SPENT, reason: 'daily_budget', country: null, max: 5 }]);
    expect(total('gatehouse_sms_alerts_total', 'daily_budget')).toBe(1);
    expect(total('gatehouse_sms_withheld_total', 'daily_budget')).toBe(20);
    expect(total('gatehouse_sms_withheld_total', 'country_budget')).toBe(0);
  });

  it('is reported again after a day', async () => {
    await start({ SMS_COUNTRY_DAILY_BUDGET: '1' });
    await burst(9_811_110_000, 10_000);
    // Alerts are raised outside the request
    for (const { app } of servers) await app.get(SpendAlerts).settled();
    await dataSource.query(`UPDATE sms_spending SET latest = latest - interval '26 hours'`);
    await dataSource.query(`UPDATE sms_alerts SET raised_at = raised_at - interval '26 hours'`);
    await burst(9_822_220_000, 10_000);
    await stopped();

    const reported = { ...SPENT, reason: 'country_budget', country: 'IN', max: 1 };
    expect(warnings).toEqual([reported, reported]);
  });

  it('is reported even if the transaction that caused it is rolled back', async () => {
    await start({ SMS_DAILY_BUDGET: '0' });
    const { app } = servers[0] ?? {};
    const refused = app
      ?.get(Database, { strict: false })
      .transaction((tx) => app.get(MessagesService).sendOrFail(tx, otp('+919800000001')));
    await expect(refused).rejects.toMatchObject({ code: 'message_limit_exceeded' });
    await stopped();

    expect(warnings).toEqual([{ ...SPENT, reason: 'daily_budget', country: null, max: 0 }]);
  });
});

describe('a hold that begins', () => {
  it('is reported once by two servers, with the block and without the number', async () => {
    await start({ SMS_HOLD_AFTER: '5' });
    await burst(9_811_110_000, 1);
    await burst(9_811_110_100, 1);
    const total = await stopped();

    expect(warnings).toEqual([
      { event: 'sms_hold_began', reason: 'verification_ratio', block: '+91981111xxxx', country: 'IN' },
    ]);
    expect(total('gatehouse_sms_alerts_total', 'verification_ratio')).toBe(1);
    expect(total('gatehouse_sms_withheld_total', 'verification_ratio')).toBe(35);
  });
});
