import { randomBytes } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import { inSeconds } from '../../../../test/support/clock.js';
import { recordStatements } from '../../../../test/support/recorded-statements.js';
import { until } from '../../../../test/support/until.js';
import { loadConfig } from '../../../config/config.js';
import { ConfigModule } from '../../../config/config.module.js';
import { Database } from '../../../database/database.js';
import { DatabaseModule } from '../../../database/database.module.js';
import { Metrics } from '../../metrics/metrics.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { SecretKeysModule } from '../../secret-keys/secret-keys.module.js';
import { MessagesService, type SendOutcome } from '../messages.service.js';
import { MessagingModule } from '../messaging.module.js';
import type {
  InvitationMessage,
  NoticeEvent,
  NoticeMessage,
  OtpMessage,
  OutgoingMessage,
} from '../outgoing-message.js';
import { RecentMessagesService } from '../recent-messages.service.js';

@Module({})
class TestModule {}

const METRICS = MetricsModule.forRoot(new Metrics('0.0.0'));

const SECRET_KEY = randomBytes(32).toString('base64');
const MANY = '1000000';
/** No limit applies unless a test sets it. */
const WIDE_OPEN = {
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
const TENANT = randomId();
/** As the server has them: one for transactions, and one for statements that commit at once. */
let dataSource: DataSource;
let statements: DataSource;
let app: INestApplicationContext;

async function open(environment: Record<string, string>): Promise<void> {
  await app?.close();
  await start({ ...WIDE_OPEN, ...environment });
}

async function start(environment: Record<string, string>): Promise<void> {
  const config = loadConfig({ SECRET_KEY, DATABASE_URL: process.env.TEST_DATABASE_URL, ...environment });
  const imports = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot(dataSource, statements),
    METRICS,
    SecretKeysModule,
    MessagingModule,
  ];
  app = await NestFactory.createApplicationContext({ module: TestModule, imports }, { logger: false });
}

let last = 0;
/** Each number in a block of its own, as far as there are blocks. */
const digits = (count: number) => String((++last * 10_007) % 10 ** count).padStart(count, '0');
const indian = () => `+9198${digits(8)}`;
const british = () => `+4474${digits(8)}`;
const address = () => `10.0.${(++last >> 8) & 255}.${last & 255}`;
const otp = (to: string, more: Partial<OtpMessage> = {}): OtpMessage => ({
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
const from = (origin: string) => ({ origin: { address: origin, userAgent: null, requestId: 'r' } });
const invitation = (to: string): InvitationMessage => ({
  ...otp(to),
  template: 'invitation',
  tenantName: 'Acme',
  inviterName: 'Priya',
  roleName: 'User',
  token: 'tok',
});
const notice = (to: string, event: NoticeEvent = 'password_changed'): NoticeMessage => {
  const { origin } = otp(to);
  return { template: 'notice', channel: 'sms', to, firstName: 'Priya', event, at: inSeconds(0), origin };
};
const send = (message: OutgoingMessage, act: 'send' | 'suppress' = 'send'): Promise<SendOutcome> =>
  app.get(Database, { strict: false }).transaction((tx) => app.get(MessagesService)[act](tx, message));
const sendAll = (messages: OutgoingMessage[]) => Promise.all(messages.map((message) => send(message)));
const count = (outcomes: SendOutcome[], outcome: SendOutcome) =>
  outcomes.filter((one) => one === outcome).length;
const verified = (phone: string) =>
  app
    .get(Database, { strict: false })
    .transaction((tx) => app.get(MessagesService).recordVerified(tx, phone));
const inbox = (to: string) => app.get(RecentMessagesService).list({ to, limit: 10 });

beforeAll(async () => {
  const connect = (poolSize: number) =>
    new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL, poolSize }).initialize();
  [dataSource, statements] = await Promise.all([connect(25), connect(5)]);
});

beforeEach(() => dataSource.query('TRUNCATE messages, audit_events, sms_spending, sms_alerts'));

afterAll(async () => {
  await app.close();
  await Promise.all([dataSource.destroy(), statements.destroy()]);
});

describe('a parallel burst uses up exactly', () => {
  const BURST = 30;
  const block = indian().slice(0, -4);

  it.each([
    ['the budget of the day', { SMS_DAILY_BUDGET: '7' }, 'daily_budget', () => otp(indian())],
    ['the budget of a country', { SMS_COUNTRY_DAILY_BUDGET: '7' }, 'country_budget', () => otp(indian())],
    [
      'the budget of a tenant',
      { SMS_TENANT_DAILY_BUDGET: '7' },
      'tenant_budget',
      () => otp(indian(), { tenantId: TENANT }),
    ],
    [
      'the speed of an address',
      { SMS_ADDRESS_PER_HOUR: '7' },
      'address_limit',
      () => otp(indian(), from('203.0.113.9')),
    ],
    [
      'the budget of invitations',
      { SMS_INVITATION_DAILY_BUDGET: '7' },
      'invitation_budget',
      () => invitation(indian()),
    ],
    [
      'the daily budget of an address',
      { SMS_ADDRESS_PER_DAY: '7' },
      'address_limit',
      () => otp(indian(), from('203.0.113.9')),
    ],
    [
      'the speed of an IPv6 network',
      { SMS_ADDRESS_PER_HOUR: '7' },
      'address_limit',
      () => otp(indian(), from(`2001:db8::${digits(4)}`)),
    ],
    [
      'the speed of a number block',
      { SMS_BLOCK_PER_HOUR: '7' },
      'block_limit',
      (index: number) => otp(`${block}${1000 + index}`),
    ],
  ] as const)('%s', async (_, environment, reason, message) => {
    await open(environment);
    const outcomes = await sendAll(Array.from({ length: BURST }, (_, index) => message(index)));

    expect(count(outcomes, 'sent')).toBe(7);
    expect(count(outcomes, 'withheld')).toBe(BURST - 7);
    const events = await dataSource.query<object[]>(
      `SELECT DISTINCT action, outcome, detail->>'reason' AS reason FROM audit_events`,
    );
    expect(events).toEqual([{ action: 'message.suppressed', outcome: 'refused', reason }]);
  });

  it('and nothing of another one’s', async () => {
    await open({
      SMS_BLOCK_PER_HOUR: '2',
      SMS_ADDRESS_PER_HOUR: '2',
      SMS_COUNTRY_DAILY_BUDGET: '2',
      SMS_TENANT_DAILY_BUDGET: '1',
    });
    await sendAll([otp(indian(), { tenantId: TENANT }), otp(indian())]);

    expect(await send(otp(indian()))).toBe('withheld');
    expect(await send(otp(british(), { tenantId: TENANT }))).toBe('withheld');
    expect(await send(otp(british(), { tenantId: randomId() }))).toBe('sent');
    expect(await send(otp(british()))).toBe('sent');
  });
});

describe('an SMS whose transaction has not ended', () => {
  it.each([
    ['codes', otp],
    ['invitations', invitation],
    ['notices', notice],
  ] as const)('delays no other in the budgets that everybody shares: %s', async (_, kind) => {
    await open({ SMS_DAILY_BUDGET: '3', SMS_NOTICE_DAILY_BUDGET: '3', SMS_INVITATION_DAILY_BUDGET: '3' });
    const outcomes = await app.get(Database, { strict: false }).transaction(async (tx) => [
      await app.get(MessagesService).send(tx, kind(indian())),
      await send(kind(indian())),
      await send(kind(indian())),
      // It counts already
      await send(kind(indian())),
    ]);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'withheld']);
  });

  it('counts no more after a rollback', async () => {
    await open({ SMS_DAILY_BUDGET: '2', SMS_COUNTRY_DAILY_BUDGET: '2' });
    const rollBack = () =>
      app.get(Database, { strict: false }).transaction(async (tx) => {
        expect(await app.get(MessagesService).send(tx, otp(indian()))).toBe('sent');
        throw new Error('rolled back');
      });
    await expect(rollBack()).rejects.toThrow('rolled back');
    await expect(rollBack()).rejects.toThrow('rolled back');

    await until(async () => {
      const [used] = await dataSource.query<{ sent: number }[]>(
        'SELECT sum(one)::int AS sent FROM sms_spending CROSS JOIN unnest(sent) AS one',
      );
      return used?.sent === 0;
    });
    expect(count(await sendAll([otp(indian()), otp(indian()), otp(indian())]), 'sent')).toBe(2);
  });

  it('takes nothing from the budget of all if the one of its country is used up', async () => {
    await open({ SMS_DAILY_BUDGET: '2', SMS_COUNTRY_DAILY_BUDGET: '1' });
    await sendAll(Array.from({ length: 10 }, () => otp(indian())));

    expect(await send(otp(british()))).toBe('sent');
    expect(await send(otp('+14155550100'))).toBe('withheld');
  });

  it('delays no message that shares no budget with it', async () => {
    await open({});
    const outcomes = await app
      .get(Database, { strict: false })
      .transaction(async (tx) => [
        await app.get(MessagesService).send(tx, otp(indian())),
        await send(invitation(indian())),
        await send(notice(indian())),
        await send(otp(`${indian()}@example.com`, { channel: 'email' })),
      ]);

    expect(outcomes).toEqual(['sent', 'sent', 'sent', 'sent']);
  });
});

describe('the budget that a tenant set for itself', () => {
  const tenant = async (budget: number | null) => {
    const id = randomId();
    const sql = 'INSERT INTO tenants (id, slug, name, sms_daily_budget) VALUES ($1, $2, $2, $3)';
    await dataSource.query(sql, [id, `tenant-${id}`, budget]);
    return id;
  };

  it.each([
    ['replaces the server’s', 3, '7', 3],
    ['never exceeds the server’s', 9, '7', 7],
    ['may be zero', 0, '7', 0],
    ['leaves the server’s where there is none', null, '7', 7],
  ])('%s', async (_, own, configured, sent) => {
    await open({ SMS_TENANT_DAILY_BUDGET: configured });
    const [tenantId, other] = [await tenant(own), await tenant(null)];
    const messages = Array.from({ length: 12 }, () => otp(indian(), { tenantId }));
    expect(count(await sendAll(messages), 'sent')).toBe(sent);
    expect(await send(otp(indian(), { tenantId: other }))).toBe('sent');
    expect(await send(otp(indian()))).toBe('sent');
  });
});

describe('what is withheld', () => {
  it('looks sent to the caller: the next one has to wait, and nobody receives it', async () => {
    await open({ SMS_DAILY_BUDGET: '0', SMS_INTERVAL_SECONDS: '600' });
    const to = indian();

    expect(await send(otp(to))).toBe('withheld');
    expect(await send(otp(to))).toBe('limited');
    expect(await inbox(to)).toEqual([]);
    const [event] = await dataSource.query<{ row: string }[]>('SELECT a::text AS row FROM audit_events a');
    expect(event?.row).not.toContain(to.slice(3));
  });

  it('throws for a caller whose response would say that it was sent, and a rollback leaves no trace', async () => {
    await open({ SMS_DAILY_BUDGET: '0', SMS_INTERVAL_SECONDS: '600' });
    const sendOrFail = (message: OtpMessage) =>
      app
        .get(Database, { strict: false })
        .transaction((tx) => app.get(MessagesService).sendOrFail(tx, message));
    const message = otp(indian());
    const error = { code: 'message_limit_exceeded', options: { retryAfterSeconds: 3600 } };

    await expect(sendOrFail(message)).rejects.toMatchObject(error);
    await expect(sendOrFail(message)).rejects.toMatchObject(error);
    await open({ SMS_COUNTRIES: 'GB' });
    await expect(sendOrFail(message)).rejects.toMatchObject({ code: 'sms_not_available' });
  });

  it('costs nothing', async () => {
    await open({ SMS_DAILY_BUDGET: '1' });
    await sendAll([otp(indian()), otp(indian()), otp(indian())]);
    // Not by full hours: the next hour may begin before the check
    await dataSource.query(`UPDATE sms_spending SET latest = now() - interval '24 hours 45 minutes'`);
    expect(await send(otp(indian()))).toBe('withheld');
    await dataSource.query(`UPDATE sms_spending SET latest = latest - interval '15 minutes'`);

    expect(await send(otp(indian()))).toBe('sent');
  });
});

describe('the allow-list of countries', () => {
  it('blocks every SMS in production unless it is set', async () => {
    const production = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://id.example.com',
      APP_URL: 'https://app.example.com',
      SMTP_URL: 'none',
    };
    await open(production);
    expect(await send(otp(indian()))).toBe('withheld');
    await open({ ...production, SMS_COUNTRIES: 'IN' });
    expect(await send(otp(indian()))).toBe('sent');
  });

  it('applies if throttling is off, and distinguishes countries with the same calling code', async () => {
    await open({ SMS_COUNTRIES: 'IN,US', THROTTLE_ENABLED: 'false' });
    const outcomes = await sendAll(
      ['+14155550100', '+18765550100', british(), '+883510001234567'].map((to) => otp(to)),
    );

    expect(outcomes).toEqual(['sent', 'withheld', 'withheld', 'withheld']);
  });
});

describe('a number block whose codes are not used', () => {
  const inBlock = (block: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${block}${1000 + index}`);

  it('is held until enough of them are used, and no other block of its country with it', async () => {
    await open({ SMS_HOLD_AFTER: '10', SMS_HOLD_BELOW_PERCENT: '20' });
    const numbers = inBlock('+91981111', 10);
    await sendAll(numbers.map((to) => otp(to)));
    expect(await send(otp('+919811119999'))).toBe('withheld');
    expect(await send(otp('+919811129999'))).toBe('sent');
    expect(await send(otp(british()))).toBe('sent');

    await verified(numbers[0] ?? '');
    expect(await send(otp('+919811118888'))).toBe('withheld');
    await verified(numbers[1] ?? '');
    expect(await send(otp('+919811117777'))).toBe('sent');
  });

  it('is held for codes only, and not for requests from an address where the account signed in', async () => {
    await open({ SMS_HOLD_AFTER: '2', SMS_BLOCK_PER_HOUR: '2' });
    await sendAll(inBlock('+91981111', 2).map((to) => otp(to)));

    expect(await send(otp('+919811119999'))).toBe('withheld');
    expect(await send(otp('+919811118888', { fromKnownAddress: true }))).toBe('sent');
    expect(await send(invitation('+919811117777'))).toBe('sent');
    expect(await send(notice('+919811116666'))).toBe('sent');
  });
});

describe('five addresses that send requests for a day', () => {
  it('do not use up the budget of a country, whatever numbers they choose', async () => {
    await app?.close();
    await start({});
    const crowd = Array.from({ length: 5 }, address);
    const outcomes: SendOutcome[] = [];
    for (let hour = 0; hour < 24; hour += 1) {
      // Numbers of many blocks: few blocks would be held or limited, and the attack would be weaker
      const tries = crowd.flatMap((one) => Array.from({ length: 11 }, () => otp(indian(), from(one))));
      outcomes.push(...(await sendAll(tries)));
      await dataSource.query(`UPDATE messages SET created_at = created_at - interval '1 hour'`);
      await dataSource.query(`UPDATE sms_spending SET latest = latest - interval '1 hour'`);
    }

    // Windows are 24 hours: the first hour has left the window when the last one begins
    expect(count(outcomes, 'sent')).toBeLessThanOrEqual(5 * 40 + 5 * 10);
    expect(await send(otp(indian()))).toBe('sent');
    expect(await sendAll(Array.from({ length: 50 }, () => otp(indian())))).not.toContain('withheld');
  });
});

describe('codes, invitations and notices', () => {
  const kinds = { code: (to: string) => otp(to), invitation, notice };
  const pairs = (['code', 'invitation', 'notice'] as const).flatMap((spender) =>
    (['code', 'invitation', 'notice'] as const)
      .filter((other) => other !== spender)
      .map((other) => [spender, other] as const),
  );

  it.each(pairs)('have separate budgets: a %s does not use up those of a %s', async (spender, other) => {
    await open({
      SMS_DAILY_BUDGET: '2',
      SMS_INVITATION_DAILY_BUDGET: '2',
      SMS_NOTICE_DAILY_BUDGET: '2',
      SMS_COUNTRY_DAILY_BUDGET: '2',
      SMS_BLOCK_PER_HOUR: '2',
    });
    const numbers = Array.from({ length: 8 }, (_, index) => `+91981111100${index}`);
    await Promise.all(numbers.map((to) => send(kinds[spender](to))));
    expect(await send(kinds[spender]('+919811111009'))).toBe('withheld');
    expect(await send(kinds[other]('+919811111009'))).toBe('sent');
  });

  it('have budgets that a burst uses up exactly; withheld notices are not in the audit trail', async () => {
    await open({ SMS_NOTICE_DAILY_BUDGET: '7' });
    const outcomes = await sendAll(Array.from({ length: 20 }, () => notice(indian())));
    expect([count(outcomes, 'sent'), count(outcomes, 'withheld')]).toEqual([7, 13]);
    expect(await dataSource.query('SELECT 1 FROM audit_events')).toEqual([]);
  });

  it('never cost more than SMS_DAILY_BUDGET each', async () => {
    await open({ SMS_DAILY_BUDGET: '1', SMS_INVITATION_DAILY_BUDGET: '9', SMS_NOTICE_DAILY_BUDGET: '9' });
    for (const kind of Object.values(kinds)) {
      expect(await send(kind(indian()))).toBe('sent');
      expect(await send(kind(indian()))).toBe('withheld');
    }
  });

  it('limit notices by SMS to one number, per event and in total', async () => {
    await open({ SMS_NOTICES_PER_DAY: '5' });
    const to = indian();
    const burst = (event: NoticeEvent) =>
      Promise.all(Array.from({ length: 10 }, () => send(notice(to, event))));
    expect(count(await burst('password_changed'), 'sent')).toBe(2);
    expect(count(await burst('phone_changed'), 'sent')).toBe(2);
    expect(count(await burst('api_key_created'), 'sent')).toBe(1);
    expect(await send(otp(to))).toBe('sent');
  });
});

describe('without throttling', () => {
  it('no budget, rate or hold applies', async () => {
    const none = Object.fromEntries(Object.keys(WIDE_OPEN).map((name) => [name, '1']));
    await open({ ...none, THROTTLE_ENABLED: 'false' });
    const to = indian();

    expect(await sendAll([otp(to), otp(to), otp(to)])).toEqual(['sent', 'sent', 'sent']);
  });
});

describe('a test number', () => {
  it('uses no budget, has no limit, and gets its messages in the development inbox', async () => {
    const to = '+919876543210';
    await open({ OTP_TEST_NUMBERS: `${to}:123456`, SMS_DAILY_BUDGET: '0', SMS_COUNTRIES: 'GB' });

    expect(await sendAll([otp(to), otp(to), otp(to)])).toEqual(['sent', 'sent', 'sent']);
    expect(await inbox(to)).toHaveLength(3);
  });
});

describe('a suppressed SMS', () => {
  it('runs the statements of a sent one, and charges the same budgets', async () => {
    const statements = async (act: 'send' | 'suppress') => {
      await dataSource.query('TRUNCATE messages, sms_spending');
      await open({ SMS_DAILY_BUDGET: '1' });
      return app.get(Database, { strict: false }).transaction(async (tx) => {
        const run = recordStatements(tx);
        const outcomes = [
          await app.get(MessagesService)[act](tx, otp('+919811111111')),
          await app.get(MessagesService)[act](tx, otp('+919822222222')),
        ];
        return { run, outcomes };
      });
    };

    const noise = await statements('suppress');
    expect(noise.outcomes).toEqual(['sent', 'withheld']);
    expect(await statements('send')).toEqual(noise);
  });

  it.each(['send', 'suppress'] as const)(
    'leaves as much of every budget as one that is sent: %s',
    async (act) => {
      await open({ SMS_DAILY_BUDGET: '2', SMS_BLOCK_PER_HOUR: '2', SMS_HOLD_AFTER: '2' });
      await send(otp('+919811111111'), act);
      await send(otp('+919811112222'), act);
      expect(await send(otp('+919811113333'))).toBe('withheld');
      expect(await send(otp(british()))).toBe('withheld');
      const reasons = await dataSource.query(
        `SELECT detail->>'reason' AS reason FROM audit_events ORDER BY 1`,
      );
      expect(reasons).toEqual([{ reason: 'block_limit' }, { reason: 'daily_budget' }]);
    },
  );
});
