import { randomBytes, randomInt } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import { inSeconds } from '../../../test/support/clock.js';
import { recordStatements } from '../../../test/support/recorded-statements.js';
import { MESSAGE_INTERVAL_SECONDS } from '../../../test/support/server.js';
import { loadConfig } from '../../config/config.js';
import { ConfigModule } from '../../config/config.module.js';
import { Database } from '../../database/database.js';
import { DatabaseModule } from '../../database/database.module.js';
import { Metrics } from '../metrics/metrics.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { SecretKeysModule } from '../secret-keys/secret-keys.module.js';
import { MessageEncryption } from './message-encryption.js';
import { MessagesService, type SendOutcome } from './messages.service.js';
import type { MessageLimitExceeded } from './messaging.errors.js';
import { MessagingModule } from './messaging.module.js';
import { NoticesService } from './notices.service.js';
import type { AddressedMessage, OutgoingMessage } from './outgoing-message.js';
import { RecentMessagesService } from './recent-messages.service.js';

let dataSource: DataSource;
let app: INestApplicationContext;
let messages: MessagesService;
let recent: RecentMessagesService;
let database: Database;

const SECRET_KEY = randomBytes(32).toString('base64');

@Module({})
class TestModule {}

const METRICS = MetricsModule.forRoot(new Metrics('0.0.0'));

async function start(environment: Record<string, string> = {}): Promise<INestApplicationContext> {
  const EMAIL_INTERVAL_SECONDS = String(MESSAGE_INTERVAL_SECONDS);
  const config = loadConfig({ SECRET_KEY, EMAIL_INTERVAL_SECONDS, ...environment });
  const imports = [
    ConfigModule.forRoot(config),
    DatabaseModule.forRoot(dataSource),
    METRICS,
    SecretKeysModule,
    MessagingModule,
  ];
  return NestFactory.createApplicationContext({ module: TestModule, imports }, { logger: false });
}

const origin = { address: '203.0.113.9', userAgent: null, requestId: 'r' };
const someone = () => `${randomId()}@example.com`;
const reset = (to: string, token = 'tok'): OutgoingMessage => ({
  template: 'password-reset',
  to,
  firstName: 'Priya',
  token,
  expiresAt: inSeconds(600),
  origin,
});
const changed = (to: string): OutgoingMessage => ({
  template: 'notice',
  to,
  firstName: 'Priya',
  event: 'password_changed',
  at: inSeconds(0),
  origin,
});
const send = (message: OutgoingMessage): Promise<SendOutcome> =>
  database.transaction((tx) => messages.send(tx, message));
const burst = (count: number, act: () => Promise<SendOutcome>): Promise<SendOutcome[]> =>
  Promise.all(Array.from({ length: count }, act));
const sent = (outcomes: SendOutcome[]): number => outcomes.filter((outcome) => outcome === 'sent').length;

beforeAll(async () => {
  dataSource = await new DataSource({
    type: 'postgres',
    url: process.env.TEST_DATABASE_URL,
    poolSize: 25,
  }).initialize();
  app = await start();
  messages = app.get(MessagesService);
  recent = app.get(RecentMessagesService);
  database = app.get(Database, { strict: false });
});

afterAll(async () => {
  await app.close();
  await dataSource.destroy();
});

describe('MessagesService.send', () => {
  it('records the message if and only if the transaction commits', async () => {
    const to = someone();
    const rolledBack = database.transaction(async (tx) => {
      await messages.send(tx, reset(to));
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await recent.list({ to, limit: 10 })).toEqual([]);

    await send(reset(to));
    expect(await recent.list({ to, limit: 10 })).toHaveLength(1);
  });

  it('keeps recipient and secret unreadable in the database', async () => {
    const to = someone();
    await send(reset(to, 'canary-token'));

    const [listed] = await recent.list({ to, limit: 1 });
    expect(listed?.link).toMatch(/#token=canary-token$/);
    const rows = await dataSource.query<{ row: string }[]>(
      'SELECT m::text AS row FROM messages m WHERE id = $1',
      [listed?.id],
    );
    const dump = rows.map(
      ({ row }) => row + Buffer.from(/\\\\x([0-9a-f]{100,})/.exec(row)?.[1] ?? '', 'hex').toString(),
    );
    expect(dump.join()).not.toContain('canary-token');
    expect(dump.join()).not.toContain(to);
  });

  it('rejects a recipient that could add a header or another recipient', async () => {
    await expect(send(reset('a@example.com\r\nBcc: b@example.com'))).rejects.toThrow('not an address');
    await expect(send(reset('a@example.com> <b@example.com'))).rejects.toThrow('not an address');
  });
});

describe('send limits', () => {
  it('let one of twenty parallel sends of a kind through', async () => {
    const to = someone();

    expect(sent(await burst(20, () => send(reset(to))))).toBe(1);
    expect(await recent.list({ to, limit: 50 })).toHaveLength(1);
  });

  it('count the recipient, however it is written', async () => {
    const to = someone();
    await send(reset(to));

    expect(await send(reset(` ${to.toUpperCase()} `))).toBe('limited');
  });

  describe('in an hour, and in a day', () => {
    const verify = (to: string) => ({ ...reset(to), template: 'verify-email' }) as OutgoingMessage;
    let bounded: INestApplicationContext;
    const sendAll = (list: OutgoingMessage[]) =>
      Promise.all(
        list.map((one) => database.transaction((tx) => bounded.get(MessagesService).send(tx, one))),
      );
    const many = (message: OutgoingMessage) => Array.from({ length: 15 }, () => message);
    const pass = (to: string, interval: string) =>
      dataSource.query(
        `UPDATE messages SET created_at = created_at - $2::interval WHERE recipient_hash = $1`,
        [bounded.get(MessageEncryption).recipientHashes('email', to)[0], interval],
      );

    beforeAll(async () => {
      bounded = await start({
        EMAIL_INTERVAL_SECONDS: '0',
        EMAIL_PER_HOUR: '5',
        EMAIL_RESERVE_PER_HOUR: '2',
        EMAIL_PER_DAY: '9',
        EMAIL_RESERVE_PER_DAY: '3',
      });
    });

    afterAll(() => bounded.close());

    it('one purpose gets the shared limit, and another its reserve, exactly under a burst', async () => {
      const to = someone();
      expect(sent(await sendAll(many(reset(to))))).toBe(5);
      expect(sent(await sendAll([...many(reset(to)), ...many(verify(to))]))).toBe(2);
      await pass(to, '1 hour');
      // Seven of the day's nine are used
      expect(sent(await sendAll(many(reset(to))))).toBe(2);
      expect(sent(await sendAll([...many(reset(to)), ...many(verify(to))]))).toBe(1);
      await pass(to, '24 hours');
      expect(sent(await sendAll([...many(reset(to)), ...many(verify(to))]))).toBeGreaterThanOrEqual(5);
    });

    it('invitations and messages that the owner requests do not use up each other’s limits', async () => {
      const to = someone();
      const invitation: OutgoingMessage = {
        template: 'invitation',
        channel: 'email',
        to,
        tenantName: 'Acme',
        inviterName: 'Priya',
        roleName: 'User',
        token: 'tok',
        expiresAt: inSeconds(600),
        origin,
      };
      expect(sent(await sendAll(many(reset(to))))).toBe(5);
      expect(sent(await sendAll(many(invitation)))).toBe(5);
      const other = someone();
      expect(sent(await sendAll(many({ ...invitation, to: other })))).toBe(5);
      expect(sent(await sendAll(many(reset(other))))).toBe(5);
    });

    it('return the seconds until another message is allowed', async () => {
      const to = someone();
      await sendAll([...many(reset(to)), ...many(verify(to))]);
      const wait = (message: AddressedMessage) =>
        database.transaction((tx) => bounded.get(MessagesService).findWait(tx, message));
      const seconds = (await wait({ template: 'verify-email', to })) ?? 0;
      expect(seconds).toBeGreaterThan(3_500);
      expect(seconds).toBeLessThanOrEqual(3_600);
      expect(await wait({ template: 'account-restoration', channel: 'email', to })).toBeNull();
    });
  });

  it('do not apply if throttling is off', async () => {
    const open = await start({ THROTTLE_ENABLED: 'false' });
    const to = someone();

    expect(
      sent(
        await burst(20, () => database.transaction((tx) => open.get(MessagesService).send(tx, reset(to)))),
      ),
    ).toBe(20);
    await open.close();
  });

  it('never hold back a notice because of other messages', async () => {
    const to = someone();
    await burst(10, () => send(reset(to)));

    expect(await send(changed(to))).toBe('sent');
    expect(await send({ ...reset(to), template: 'verify-email' } as OutgoingMessage)).toBe('sent');
  });

  it('limit a repeated notice, and nothing else because of it', async () => {
    const to = someone();
    const outcomes: SendOutcome[] = [];
    for (let count = 0; count < 12; count += 1) outcomes.push(await send(changed(to)));

    expect(sent(outcomes)).toBe(10);
    expect(await send({ ...changed(to), event: 'email_changed' } as OutgoingMessage)).toBe('sent');
    expect(await send(reset(to))).toBe('sent');
  });

  it('throw an error with a code and a time to wait if the caller asks for that', async () => {
    const to = someone();
    await send(reset(to));

    const refused = database.transaction((tx) => messages.sendOrFail(tx, reset(to)));
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'message_limit_exceeded' });
    const { retryAfterSeconds } = (error as MessageLimitExceeded).options;
    // In whole minutes, of which the machine may stand still for one
    expect([MESSAGE_INTERVAL_SECONDS, MESSAGE_INTERVAL_SECONDS - 60]).toContain(retryAfterSeconds);
  });
});

describe('MessagesService.mayReceive', () => {
  it('stays true until the end of the transaction, whatever runs in parallel', async () => {
    const to = someone();
    const ask = () =>
      database.transaction(async (tx): Promise<SendOutcome> => {
        const may = await messages.mayReceive(tx, { template: 'password-reset', to });
        const outcome = await messages.send(tx, reset(to));
        expect(outcome).toBe(may ? 'sent' : 'limited');
        return outcome;
      });

    expect(sent(await burst(10, ask))).toBe(1);
  });
});

it('gives codes and notices their time by the clock of the database, whatever the server’s says', async () => {
  const phone = `+9198${String(randomInt(10_000_000, 100_000_000))}`;
  await send({
    template: 'otp',
    channel: 'sms',
    purpose: 'sign-in',
    to: phone,
    code: '048213',
    // Of a server whose clock has been put forward by a day since it made the code
    expiresAt: inSeconds(600 - 86_400),
    ttlSeconds: 600,
    origin,
  });
  const [row] = await dataSource.query<{ seconds: number }[]>(
    `SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM messages ORDER BY created_at DESC LIMIT 1`,
  );
  expect(row?.seconds).toBeCloseTo(600, 1);
});

describe('MessagesService.suppress', () => {
  it('runs the statements of a send, and delivers nothing', async () => {
    const statements = async (act: 'send' | 'suppress', to: string) =>
      database.transaction(async (tx) => {
        const run = recordStatements(tx);
        const outcomes = [await messages[act](tx, reset(to)), await messages[act](tx, reset(to))];
        return { run, outcomes };
      });
    const [known, unknown] = [someone(), someone()];

    expect(await statements('suppress', unknown)).toEqual(await statements('send', known));
    expect(await recent.list({ to: unknown, limit: 10 })).toEqual([]);
    expect(await recent.list({ to: known, limit: 10 })).toHaveLength(1);
  });

  it('counts like a sent message, and only for its own purpose', async () => {
    const to = someone();
    await database.transaction((tx) => messages.suppress(tx, reset(to)));

    expect(await send(reset(to))).toBe('limited');
    expect(await send({ ...reset(to), template: 'verify-email' } as OutgoingMessage)).toBe('sent');
  });
});

describe('RecentMessagesService', () => {
  it('lists newest first, for one recipient or for all', async () => {
    const to = someone();
    const sms: OutgoingMessage = {
      template: 'otp',
      channel: 'sms',
      purpose: 'sign-in',
      to: `+9198${String(randomInt(10_000_000, 100_000_000))}`,
      code: '048213',
      expiresAt: inSeconds(600),
      ttlSeconds: 600,
      origin,
    };
    await send(reset(to));
    await send(changed(to));
    await send(sms);

    expect(
      (await recent.list({ to: ` ${to.toUpperCase()}`, limit: 10 })).map(({ template }) => template),
    ).toEqual(['notice', 'password-reset']);
    const newest = (await recent.list({ limit: 50 })).find((message) => message.to === sms.to);
    expect(newest).toMatchObject({ channel: 'sms', to: sms.to, template: 'otp', code: '048213' });
    expect(newest).not.toHaveProperty('link');
    // Form decoding turns an unescaped plus sign into a space
    expect(await recent.list({ to: sms.to.replace('+', ' '), limit: 1 })).toEqual([newest]);
    expect(await recent.list({ to: 'nobody', limit: 10 })).toEqual([]);
  });

  it('lists the others if one was encrypted with a key that is gone', async () => {
    const to = someone();
    const otherKey = await start({
      SECRET_KEY: randomBytes(32).toString('base64'),
      SECRET_KEY_PREVIOUS: SECRET_KEY,
    });
    await database.transaction((tx) => otherKey.get(MessagesService).send(tx, reset(someone())));
    await otherKey.close();
    await send(reset(to));

    expect((await recent.list({ limit: 50 })).map((message) => message.to)).toContain(to);
  });
});

it('notices by SMS wait for no other transaction that notifies the same people in another order', async () => {
  const people = [randomId(), randomId()].map((id) => ({
    ...{
      id,
      phone: `+9198${randomInt(1e7, 1e8)}`,
      phoneVerifiedAt: inSeconds(0),
      email: null,
      emailVerifiedAt: null,
    },
    firstName: 'Priya',
  }));
  let runs = 0;
  const notifyAll = (order: typeof people) =>
    database.transaction(async (tx) => {
      runs += 1;
      for (const person of order) await app.get(NoticesService).send(tx, person, 'password_changed', origin);
    });
  await Promise.all(
    Array.from({ length: 20 }, (_, at) => notifyAll(at % 2 === 0 ? people : people.toReversed())),
  );

  // Not even as the victim of a deadlock, which would run again
  expect(runs).toBe(20);
  expect(
    await dataSource.query(
      `SELECT FROM messages WHERE template = 'notice:password_changed' AND channel = 'sms'`,
    ),
  ).toHaveLength(4);
});
