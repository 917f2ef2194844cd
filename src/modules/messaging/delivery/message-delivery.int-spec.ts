import { randomBytes } from 'node:crypto';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import { inSeconds } from '../../../../test/support/clock.js';
import { RejectingMailSink } from '../../../../test/support/rejecting-mail-sink.js';
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
import type { OutgoingMessage } from '../outgoing-message.js';
import { DeliveryLeases } from './delivery-leases.js';

@Module({})
class TestModule {}

const METRICS = MetricsModule.forRoot(new Metrics('0.0.0'));

/** The message of the running transaction. */
const OWN_MESSAGE = 'SELECT id FROM messages WHERE xmin = pg_current_xact_id()::xid';
const SECRET_KEY = randomBytes(32).toString('base64');
const sink = new RejectingMailSink();
let smtpUrl: string;
let dataSource: DataSource;
let app: INestApplicationContext;
let database: Database;

async function start({ isProduction = false } = {}): Promise<INestApplicationContext> {
  const config = loadConfig({
    DATABASE_URL: process.env.TEST_DATABASE_URL,
    SECRET_KEY,
    PUBLIC_URL: 'https://accounts.acme.example',
    MAIL_FROM: 'Acme Accounts <accounts@acme.example>',
    SMTP_URL: smtpUrl,
    THROTTLE_ENABLED: 'false',
    // Long enough even if the machine pauses during a try, or during a stop
    DELIVERY_TRY_SECONDS: '600',
    SHUTDOWN_SECONDS: '600',
  });
  const imports = [
    ConfigModule.forRoot({ ...config, isProduction }),
    DatabaseModule.forRoot(dataSource),
    METRICS,
    SecretKeysModule,
    MessagingModule,
  ];
  return NestFactory.createApplicationContext({ module: TestModule, imports }, { logger: false });
}

/** A promise, and the call that resolves it. */
function event(): [Promise<void>, () => void] {
  let happen = () => undefined as void;
  return [new Promise((resolve) => (happen = resolve)), () => happen()];
}

const someone = () => `${randomId()}@example.com`;
const invitation = (to: string, expiresAt = inSeconds(600)): OutgoingMessage => ({
  template: 'invitation',
  channel: 'email',
  to,
  tenantName: 'Acme Dental\r\nBcc: eve@example.com',
  inviterName: 'Priya',
  roleName: 'Manager',
  token: 'tok-123',
  expiresAt,
  origin: { address: '203.0.113.9', userAgent: null, requestId: 'r' },
});

async function send(
  message: OutgoingMessage,
  inSameTransaction?: (tx: Transaction) => Promise<unknown>,
): Promise<string> {
  return database.transaction(async (tx) => {
    await app.get(MessagesService).send(tx, message);
    const row = await tx.one<{ id: string }>(OWN_MESSAGE);
    await inSameTransaction?.(tx);
    return row?.id ?? '';
  });
}

async function statusOf(id: string): Promise<{ status: string; sent: boolean; wiped: boolean } | undefined> {
  const [row] = await dataSource.query<{ status: string; sent: boolean; wiped: boolean }[]>(
    'SELECT status, sent_at IS NOT NULL AS sent, payload_encrypted IS NULL AS wiped FROM messages WHERE id = $1',
    [id],
  );
  return row;
}

/** The whole row, with its bytes in hexadecimal. */
async function rowOf(id: string): Promise<string | undefined> {
  const [row] = await dataSource.query<{ row: string }[]>(
    'SELECT m::text AS row FROM messages m WHERE id = $1',
    [id],
  );
  return row?.row;
}

/** Changes the message of the running transaction. */
const change = (assignments: string) => (tx: Transaction) =>
  tx.execute(`UPDATE messages SET ${assignments} WHERE id = (${OWN_MESSAGE})`);

/** Another server has begun a try. */
const LEASED = `leased_until = now() + interval '1 hour', tries = tries + 1, unanswered_tries = unanswered_tries + 1`;

async function isLeased(id: string): Promise<boolean> {
  const rows = await dataSource.query<object[]>(
    'SELECT 1 FROM messages WHERE id = $1 AND leased_until IS NOT NULL',
    [id],
  );
  return rows.length > 0;
}

const closed = (id: string) =>
  until(async () => {
    await dataSource.query(
      `UPDATE messages SET next_try_at = now()
       WHERE status = 'queued' AND leased_until IS NULL AND next_try_at > now() AND next_try_at < now() + interval '5 minutes'`,
    );
    const status = (await statusOf(id))?.status;
    return status !== undefined && status !== 'queued';
  });

beforeAll(async () => {
  dataSource = await new DataSource({ type: 'postgres', url: process.env.TEST_DATABASE_URL }).initialize();
  smtpUrl = await sink.listen();
  app = await start();
  database = app.get(Database, { strict: false });
});

afterEach(() => {
  sink.beforeAnswer = async () => undefined;
});

afterAll(async () => {
  await app.close();
  await dataSource.destroy();
  await sink.close();
});

describe('delivery by SMTP', () => {
  it('happens once, with a text and an HTML part that say the same', async () => {
    const to = someone();
    const id = await send(invitation(to));
    await closed(id);

    const [mail] = sink.to(to);
    expect(sink.to(to)).toHaveLength(1);
    expect(mail?.raw).toContain('From: Acme Accounts <accounts@acme.example>\r\n');
    expect(mail?.raw).toContain(`Message-ID: <${id}@acme.example>\r\n`);
    expect(sink.greetings.at(-1)).toBe('accounts.acme.example');
    expect(mail?.raw).toContain('Auto-Submitted: auto-generated\r\n');
    expect(mail?.raw).toMatch(/Content-Type: multipart\/alternative/);
    const [, plain, html] = mail?.decoded.split(/Content-Type: text\/(?:plain|html)/) ?? [];
    for (const part of [plain, html]) expect(part).toContain('/accept-invitation#token=tok-123');
    expect(mail?.raw).not.toMatch(/^Bcc:/m);
    expect(await statusOf(id)).toEqual({ status: 'sent', sent: true, wiped: false });
    expect(await rowOf(id)).not.toContain(to);
  });

  it('does not happen if the transaction is rolled back', async () => {
    let id = '';
    const rolledBack = database.transaction(async (tx) => {
      await app.get(MessagesService).send(tx, invitation(someone()));
      id = (await tx.one<{ id: string }>(OWN_MESSAGE))?.id ?? '';
      throw new Error('no');
    });

    await expect(rolledBack).rejects.toThrow('no');
    expect(await statusOf(id)).toBeUndefined();
  });

  it('is tried again after a failure, with the same Message-ID, and stores no address', async () => {
    const to = someone();
    sink.rejections.push(451);
    const id = await send(invitation(to));
    await closed(id);

    expect(sink.to(to)).toHaveLength(2);
    for (const mail of sink.to(to)) expect(mail.raw).toContain(`Message-ID: <${id}@acme.example>`);
    expect(await statusOf(id)).toMatchObject({ status: 'sent' });
    expect(await rowOf(id)).not.toContain(to);
  });

  it('is given up if the server rejects it permanently', async () => {
    const to = someone();
    sink.rejections.push(550);
    const id = await send(invitation(to));
    await closed(id);

    expect(sink.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toMatchObject({ status: 'failed', sent: false });
  });

  it('is tried again later and later, and given up after a day of failures', async () => {
    const fail = async (tries: number) => {
      sink.rejections.push(451);
      const to = someone();
      const id = await send(invitation(to), change(`tries = ${tries}`));
      await until(() => sink.to(to).length > 0);
      await until(async () => !(await isLeased(id)));
      return id;
    };
    const [eleventh, last] = [await fail(10), await fail(16)];

    const [{ seconds }] = await dataSource.query<[{ seconds: number }]>(
      'SELECT extract(epoch FROM next_try_at - now())::float8 AS seconds FROM messages WHERE id = $1',
      [eleventh],
    );
    // 1024 to 2048 after the try
    expect(seconds).toBeGreaterThan(500);
    expect(seconds).toBeLessThanOrEqual(2_048);
    expect(await statusOf(eleventh)).toMatchObject({ status: 'queued' });
    expect(await statusOf(last)).toMatchObject({ status: 'failed', sent: false });
  });

  it('makes one duplicate at most if the server accepts mails and answers nothing', async () => {
    const to = someone();
    sink.rejections.push('no answer', 'no answer', 'no answer');
    const id = await send(invitation(to));
    await closed(id);
    sink.rejections.length = 0;

    expect(sink.to(to)).toHaveLength(2);
    expect(await statusOf(id)).toMatchObject({ status: 'failed', sent: false });
  });

  it('is tried again if the server that began it died, once its lease has ended', async () => {
    const to = someone();
    const id = await send(invitation(to), change(LEASED));
    await closed(await send(invitation(someone())));
    expect(sink.to(to)).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: 'queued' });

    await dataSource.query('UPDATE messages SET leased_until = now() WHERE id = $1', [id]);
    await closed(id);
    expect(sink.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toMatchObject({ status: 'sent' });
  });

  it('is aborted, and records nothing, if another server has the message', async () => {
    const to = someone();
    const [arrival, arrived] = event();
    const [answer, answers] = event();
    sink.beforeAnswer = (recipient) => {
      if (recipient === to) arrived();
      return answer;
    };
    const id = await send(invitation(to));
    await arrival;
    await dataSource.query(`UPDATE messages SET ${LEASED} WHERE id = $1`, [id]);
    await app.get(DeliveryLeases, { strict: false }).renew();
    answers();
    await until(() => sink.to(to).length > 0);
    await closed(await send(invitation(someone())));

    expect(await isLeased(id)).toBe(true);
    expect(await statusOf(id)).toMatchObject({ status: 'queued' });
    // Both tries were without an answer: a third could be a second duplicate
    await dataSource.query('UPDATE messages SET leased_until = now() WHERE id = $1', [id]);
    await closed(id);
    expect(sink.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toMatchObject({ status: 'failed' });
  });
});

describe('the messages to one recipient', () => {
  const numbered = (to: string, number: number) =>
    ({ ...invitation(to), token: `tok-${number}` }) as OutgoingMessage;
  const tokensTo = (to: string) => sink.to(to).map(({ decoded }) => /#token=tok-(\d+)/.exec(decoded)?.[1]);

  it('are delivered in their order, even if the first one fails', async () => {
    const to = someone();
    sink.rejections.push(451);
    const ids: string[] = [];
    for (const number of [1, 2, 3, 4]) ids.push(await send(numbered(to, number)));
    for (const id of ids) await closed(id);

    expect(tokensTo(to)).toEqual(['1', '1', '2', '3', '4']);
    const states = await Promise.all(ids.map(statusOf));
    expect(states.map((state) => state?.status)).toEqual(ids.map(() => 'sent'));
  });

  it('wait while an older one is tried, and not for one that has failed several times', async () => {
    const to = someone();
    const older = await send(numbered(to, 1), change(LEASED));
    const newer = await send(numbered(to, 2));
    await closed(await send(invitation(someone())));
    expect(tokensTo(to)).toEqual([]);

    await dataSource.query(
      `UPDATE messages SET leased_until = NULL, tries = 4, next_try_at = now() + interval '1 hour' WHERE id = $1`,
      [older],
    );
    await closed(newer);
    expect(tokensTo(to)).toEqual(['2']);
    expect(await statusOf(older)).toMatchObject({ status: 'queued' });
  });

  it('do not wait for one that has expired', async () => {
    const to = someone();
    const later = `next_try_at = now() + interval '1 hour'`;
    await send(numbered(to, 1), change(`tries = 1, expires_at = now(), ${later}`));
    await closed(await send(numbered(to, 2)));

    expect(tokensTo(to)).toEqual(['2']);
  });
});

describe('two servers', () => {
  it('deliver each message of a burst once', async () => {
    const other = await start();
    const recipients = Array.from({ length: 80 }, someone);
    const ids: string[] = [];
    await Promise.all(recipients.map(async (to) => ids.push(await send(invitation(to)))));
    await until(async () => {
      const [{ left }] = await dataSource.query<[{ left: number }]>(
        `SELECT count(*)::int AS left FROM messages WHERE id = ANY ($1) AND status = 'queued'`,
        [ids],
      );
      return left === 0;
    });
    await other.close();

    expect(recipients.map((to) => sink.to(to).length)).toEqual(recipients.map(() => 1));
  });
});

describe('an expired message', () => {
  it('is never sent', async () => {
    const to = someone();
    const id = await send(invitation(to, inSeconds(-1)));
    await closed(id);

    expect(sink.to(to)).toEqual([]);
    expect(await statusOf(id)).toEqual({ status: 'expired', sent: false, wiped: false });
  });

  it('is not tried again', async () => {
    const to = someone();
    sink.rejections.push(451);
    sink.beforeAnswer = () =>
      dataSource.query(`UPDATE messages SET expires_at = now() WHERE status = 'queued'`);
    const id = await send(invitation(to));
    await closed(id);

    expect(sink.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toMatchObject({ status: 'expired' });
  });
});

describe('a suppressed message', () => {
  it('reaches nobody', async () => {
    const to = someone();
    const id = await database.transaction(async (tx) => {
      await app.get(MessagesService).suppress(tx, invitation(to));
      const row = await tx.one<{ id: string }>(OWN_MESSAGE);
      return row?.id ?? '';
    });
    await closed(await send(invitation(someone())));

    expect(sink.to(to)).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: 'suppressed' });
  });
});

describe('the end of a server', () => {
  // The other tests, whatever their order, are of a server that is not in production
  afterAll(async () => {
    app = await start();
  });

  it('waits for deliveries under way, and production deletes the content of sent messages', async () => {
    await app.close();
    app = await start({ isProduction: true });
    const [arrival, arrived] = event();
    const [closing, closes] = event();
    sink.beforeAnswer = () => {
      arrived();
      return closing;
    };
    const id = await send(invitation(someone()));
    await arrival;
    const closed = Promise.all([app.close(), app.close()]);
    closes();
    await closed;

    expect(await statusOf(id)).toEqual({ status: 'sent', sent: true, wiped: true });
    expect(await isLeased(id)).toBe(false);
  });
});
