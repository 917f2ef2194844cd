import { randomBytes, randomInt } from 'node:crypto';
import { jest } from '@jest/globals';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { inSeconds } from '../../../../test/support/clock.js';
import { type Behaviour, SmsProviderStandIn, WEBHOOK_SECRET } from '../../../../test/support/sms-provider.js';
import { until } from '../../../../test/support/until.js';
import { loadConfig } from '../../../config/config.js';
import { ConfigModule } from '../../../config/config.module.js';
import { Database } from '../../../database/database.js';
import { DatabaseModule } from '../../../database/database.module.js';
import type { Transaction } from '../../../database/transaction.js';
import { Metrics } from '../../metrics/metrics.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { SecretKeysModule } from '../../secret-keys/secret-keys.module.js';
import { MessagesService } from '../messages.service.js';
import { MessagingModule } from '../messaging.module.js';
import type { OtpMessage } from '../outgoing-message.js';

@Module({})
class TestModule {}

const METRICS = MetricsModule.forRoot(new Metrics('0.0.0'));

/** The message of the running transaction. */
const OWN_MESSAGE = 'SELECT id FROM messages WHERE xmin = pg_current_xact_id()::xid';
const SECRET_KEY = randomBytes(32).toString('base64');
const TEST_NUMBER = '+919000000000';
/** Long enough for every response, even if the machine pauses during the test. */
const PATIENT = { SMS_TIMEOUT_SECONDS: '500' };
/** For tests in which no response comes: `sendWithoutResponse` ends the wait for it. */
const IMPATIENT = { SMS_TIMEOUT_SECONDS: '1' };
const provider = new SmsProviderStandIn();
let dataSource: DataSource;
let app: INestApplicationContext;

/** Replaces the running application. */
async function restart(environment: Record<string, string>): Promise<void> {
  await app?.close();
  const config = loadConfig({
    SECRET_KEY,
    APP_URL: 'https://app.example.com',
    SMS_URL: provider.twilioUrl,
    SMS_WEBHOOK_SECRET: WEBHOOK_SECRET,
    THROTTLE_ENABLED: 'false',
    OTP_TEST_NUMBERS: `${TEST_NUMBER}:123456`,
    DELIVERY_TRY_SECONDS: '600',
    ...environment,
  });
  const imports = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot(dataSource),
    METRICS,
    SecretKeysModule,
    MessagingModule,
  ];
  app = await NestFactory.createApplicationContext({ module: TestModule, imports }, { logger: false });
}

let lastNumber = randomInt(100_000_000);
/** Each in another block, and none twice: the step is prime to their count. */
const someone = () => {
  lastNumber = (lastNumber + 10_007) % 100_000_000;
  return `+9198${String(lastNumber).padStart(8, '0')}`;
};

interface Code {
  lifetimeMs?: number;
  code?: string;
  purpose?: OtpMessage['purpose'];
}

/** Sends a code and returns the id of the message. */
async function send(
  to: string,
  { lifetimeMs = 600_000, code = '048213', purpose = 'sign-in' }: Code = {},
  inSameTransaction?: (tx: Transaction) => Promise<unknown>,
) {
  return app.get(Database, { strict: false }).transaction(async (tx) => {
    await app.get(MessagesService).send(tx, {
      template: 'otp',
      channel: 'sms',
      purpose,
      to,
      code,
      expiresAt: inSeconds(lifetimeMs / 1000),
      ttlSeconds: lifetimeMs / 1000,
      origin: { address: '203.0.113.9', userAgent: null, requestId: 'r' },
    });
    const row = await tx.one<{ id: string }>(OWN_MESSAGE);
    await inSameTransaction?.(tx);
    return row?.id ?? '';
  });
}

async function statusOf(id: string): Promise<string | undefined> {
  const [row] = await dataSource.query<{ status: string }[]>('SELECT status FROM messages WHERE id = $1', [
    id,
  ]);
  return row?.status;
}

/** The whole row, with its bytes in hexadecimal. */
async function rowOf(id: string): Promise<string | undefined> {
  const [row] = await dataSource.query<{ row: string }[]>(
    'SELECT m::text AS row FROM messages m WHERE id = $1',
    [id],
  );
  return row?.row;
}

/** Makes the next try due at once. */
const hasten = () =>
  dataSource.query(
    `UPDATE messages SET next_try_at = now() WHERE status = 'queued' AND leased_until IS NULL AND next_try_at > now()`,
  );

/** Polls until the test's own timeout. */
async function closed(...ids: string[]): Promise<void> {
  for (const id of ids) {
    await until(async () => {
      await hasten();
      return (await statusOf(id)) !== 'queued';
    });
  }
}

/**
 * Sends a code and waits like `closed`, where the service leaves calls without a response. The wait of a call ends when
 * the service has taken all calls, not when a second has passed: a machine that stands still would end it earlier.
 */
async function sendWithoutResponse(to: string, refused = 0): Promise<string> {
  const calls: AbortController[] = [];
  const timeouts = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const wait = new AbortController();
    if (ms === 1_000) calls.push(wait);
    return wait.signal;
  });
  const id = await send(to);
  await until(async () => {
    await hasten();
    if (calls.length > refused && calls.length === refused + provider.to(to).length)
      for (const wait of calls) wait.abort(new DOMException('No response', 'TimeoutError'));
    return (await statusOf(id)) !== 'queued';
  });
  timeouts.mockRestore();
  return id;
}

/** What the service does with the first, second … request for a number; it accepts all later ones. */
function plan(behaviours: (to: string) => Behaviour[]): void {
  const left = new Map<string, Behaviour[]>();
  provider.behave = (to) => {
    const mine = left.get(to) ?? behaviours(to);
    left.set(to, mine.slice(1));
    return mine[0] ?? 'accept';
  };
}

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
  await provider.listen();
  await restart(PATIENT);
});

afterEach(() => {
  provider.behave = () => 'accept';
});

afterAll(async () => {
  await app.close();
  await dataSource.destroy();
  await provider.close();
  expect(provider.faults).toEqual([]);
});

describe('delivery by SMS', () => {
  it('happens once, and stores no phone number', async () => {
    const to = someone();
    const id = await send(to);
    await closed(id);

    expect(provider.to(to).map(({ text }) => text)).toEqual([
      '048213 is your Gatehouse code. Never tell it to anybody.\n@app.example.com #048213',
    ]);
    expect(await statusOf(id)).toBe('sent');
    expect(await rowOf(id)).not.toContain(to.slice(1));
  });

  it.each([500, 503, 429, 401, 'redirect'] as const)('is tried again after %s', async (failure) => {
    const to = someone();
    plan(() => [failure]);
    const id = await send(to);
    await closed(id);

    expect(provider.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toBe('sent');
    expect(await rowOf(id)).not.toContain(to.slice(1));
  });

  it('is given up if the service rejects the number', async () => {
    const to = someone();
    plan(() => [400]);
    const id = await send(to);
    await closed(id);

    expect(provider.to(to)).toEqual([]);
    expect(await statusOf(id)).toBe('failed');
  });

  it('counts a try during which its server died', async () => {
    const crashed = (tries: number) => (tx: Transaction) =>
      tx.execute(
        `UPDATE messages SET tries = $1, unanswered_tries = $1, leased_until = now() WHERE id = (${OWN_MESSAGE})`,
        [tries],
      );
    const [once, twice] = [someone(), someone()];
    const ids = [await send(once, {}, crashed(1)), await send(twice, {}, crashed(2))];
    await closed(...ids);

    expect([provider.to(once).length, provider.to(twice).length]).toEqual([1, 0]);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['sent', 'failed']);
  });

  it('never happens for a test number, whose messages are still recorded', async () => {
    const id = await send(TEST_NUMBER);

    expect(await statusOf(id)).toBe('recorded');
  });
});

describe('an SMS that expires', () => {
  /** Lets the message expire if its second try has failed and the third has not begun; returns whether it did. */
  const expireBetweenTries = async (id: string) => {
    const [, expired] = await dataSource.query<[unknown, number]>(
      `UPDATE messages SET expires_at = now()
       WHERE id = $1 AND status = 'queued' AND leased_until IS NULL AND tries >= 2`,
      [id],
    );
    return expired === 1;
  };

  it('is not sent any more, however often it failed before', async () => {
    const to = someone();
    provider.behave = () => 500;
    const id = await send(to);
    await until(async () => {
      await hasten();
      return expireBetweenTries(id);
    });
    provider.behave = () => 'accept';
    await closed(id);

    expect(provider.to(to)).toEqual([]);
    expect(await statusOf(id)).toBe('expired');
  });

  it('is not waited for after its expiry', async () => {
    const to = someone();
    plan(() => Array<Behaviour>(20).fill({ acceptAfterMs: 900 }));
    const id = await send(to, { lifetimeMs: 700 });
    await closed(id);

    expect(await statusOf(id)).toBe('expired');
    expect(provider.to(to).length).toBeLessThanOrEqual(1);
  });
});

describe('a code that a newer one replaces', () => {
  const codesTo = (to: string) => provider.to(to).map(({ text }) => text.slice(-6));
  const failedOnce = (tx: Transaction) =>
    tx.execute(
      `UPDATE messages SET tries = 1, next_try_at = now() + interval '1 hour' WHERE id = (${OWN_MESSAGE})`,
    );

  it('is not sent any more, and does not delay the newer one', async () => {
    const to = someone();
    const older = await send(to, { code: '111111' }, failedOnce);
    const newer = await send(to, { code: '222222' });
    await until(async () => (await statusOf(newer)) === 'sent');
    await closed(older);

    expect(codesTo(to)).toEqual(['222222']);
    expect(await Promise.all([older, newer].map(statusOf))).toEqual(['superseded', 'sent']);
  });

  it('is sent if the newer one is for another purpose, was suppressed, or was withheld', async () => {
    const to = someone();
    const older = await send(to, { code: '111111' }, failedOnce);
    const others = [await send(to, { code: '222222', purpose: 'password-reset' })];
    for (const status of ['suppressed', 'withheld'])
      await send(to, { code: '333333' }, (tx) =>
        tx.execute(`UPDATE messages SET status = $1 WHERE id = (${OWN_MESSAGE})`, [status]),
      );
    await closed(older, ...others);

    expect(codesTo(to)).toEqual(['111111', '222222']);
  });
});

describe('a service that never answers', () => {
  beforeAll(() => restart(IMPATIENT));
  // The other tests, whatever their order, wait for their responses
  afterAll(() => restart(PATIENT));

  it('gets a message that it accepts at most twice', async () => {
    const to = someone();
    plan(() => Array<Behaviour>(9).fill('accept-and-hang'));
    const id = await sendWithoutResponse(to);

    expect(provider.to(to).map(({ text }) => text.slice(-6))).toEqual(['048213', '048213']);
    expect(await statusOf(id)).toBe('failed');
  });
});

describe('a service that fails in every way', () => {
  // A broken connection counts like a response that does not come, and needs no clock
  const MOODS: Behaviour[][] = [
    [],
    [{ acceptAfterMs: 300 }],
    [500],
    ['accept-and-break'],
    [429, 'accept-and-break'],
    ['break'],
    [503, { acceptAfterMs: 500 }],
    ['accept-and-break', 500],
    [500, 500],
    ['accept-and-break', 'accept-and-break'],
  ];

  it('every due message arrives, none more than twice, none after it expired', async () => {
    const moods = new Map<string, Behaviour[]>();
    plan((to) => moods.get(to) ?? []);
    const sent = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const to = someone();
        const isDue = index % 8 !== 7;
        const lifetimeMs = isDue ? 600_000 : 0;
        moods.set(to, MOODS[index % MOODS.length] ?? []);
        return { to, isDue, id: await send(to, { lifetimeMs }) };
      }),
    );
    await closed(...sent.map(({ id }) => id));

    for (const { to, isDue } of sent) {
      const arrived = provider.to(to);
      expect(arrived.length).toBeGreaterThanOrEqual(isDue ? 1 : 0);
      expect(arrived.length).toBeLessThanOrEqual(isDue ? 2 : 0);
      expect(new Set(arrived.map(({ text }) => text)).size).toBe(isDue ? 1 : 0);
    }
  });
});

describe('delivery to a webhook', () => {
  beforeAll(() => restart({ ...IMPATIENT, SMS_URL: provider.webhookUrl }));
  afterAll(() => restart(PATIENT));

  it('sends the same id with a duplicate', async () => {
    const to = someone();
    plan(() => [503, 'accept-and-hang']);
    const id = await sendWithoutResponse(to, 1);

    expect(provider.to(to).map((sms) => sms.id)).toEqual([id, id]);
  });
});
