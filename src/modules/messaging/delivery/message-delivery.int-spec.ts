import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SMTPServer } from 'smtp-server';
import { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import { inSeconds } from '../../../../test/support/clock.js';
import { until } from '../../../../test/support/until.js';
import { loadConfig } from '../../../config/config.js';
import { ConfigModule } from '../../../config/config.module.js';
import { Database } from '../../../database/database.js';
import { DatabaseModule } from '../../../database/database.module.js';
import type { Transaction } from '../../../database/transaction.js';
import { Metrics } from '../../metrics/metrics.js';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { MessagesService } from '../messages.service.js';
import { MessagingModule } from '../messaging.module.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { MessageQueue } from './message-queue.js';
import { MessageRetention } from './message-retention.js';

interface Mail {
  to: string;
  raw: string;
  /** Without the soft line breaks and escapes of quoted-printable. */
  decoded: string;
}

class Rejection extends Error {
  constructor(
    to: string,
    readonly responseCode: number,
  ) {
    super(`No, ${to}`);
  }
}

/** A real SMTP server. It rejects the next mails with the codes in `rejections` before it accepts any. */
class MailSink {
  readonly mails: Mail[] = [];
  readonly rejections: number[] = [];
  beforeAnswer: (to: string) => Promise<unknown> = async () => undefined;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    // Longer than any machine stands still
    socketTimeout: 600_000,
    onData: (stream, session, done) => {
      const to = session.envelope.rcptTo.map(({ address }) => address).join();
      void text(stream).then(async (raw) => {
        await this.beforeAnswer(to);
        this.mails.push({ to, raw, decoded: raw.replace(/=\r\n/g, '').replace(/=3D/g, '=') });
        const responseCode = this.rejections.shift();
        done(responseCode === undefined ? null : new Rejection(to, responseCode));
      });
    },
  });

  async listen(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', () => listening()));
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  to(address: string): Mail[] {
    return this.mails.filter(({ to }) => to === address);
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}

@Module({})
class TestModule {}

const METRICS = MetricsModule.forRoot(new Metrics('0.0.0'));

/** The message of the running transaction. */
const OWN_MESSAGE = 'SELECT id FROM messages WHERE xmin = pg_current_xact_id()::xid';
const SECRET_KEY = randomBytes(32).toString('base64');
const sink = new MailSink();
let smtpUrl: string;
let dataSource: DataSource;
let app: INestApplicationContext;
let database: Database;

async function start({ isProduction = false } = {}): Promise<INestApplicationContext> {
  const config = loadConfig({
    DATABASE_URL: process.env.TEST_DATABASE_URL,
    SECRET_KEY,
    MAIL_FROM: 'Acme Accounts <accounts@acme.example>',
    SMTP_URL: smtpUrl,
    // Long enough even if the machine pauses during a try, or during a stop
    DELIVERY_TRY_SECONDS: '600',
    SHUTDOWN_SECONDS: '600',
  });
  const imports = [
    ConfigModule.forRoot({ ...config, isProduction }),
    DatabaseModule.forRoot(dataSource),
    METRICS,
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

async function jobOf(id: string): Promise<{ state: string; job: string } | undefined> {
  const [row] = await dataSource.query<{ state: string; job: string }[]>(
    'SELECT state, j::text AS job FROM pgboss.job j WHERE id = $1',
    [id],
  );
  return row;
}

const closed = (id: string) => until(async () => (await jobOf(id))?.state === 'completed');

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
    expect(mail?.raw).toContain('Auto-Submitted: auto-generated\r\n');
    expect(mail?.raw).toMatch(/Content-Type: multipart\/alternative/);
    const [, plain, html] = mail?.decoded.split(/Content-Type: text\/(?:plain|html)/) ?? [];
    for (const part of [plain, html]) expect(part).toContain('/accept-invitation#token=tok-123');
    expect(mail?.raw).not.toMatch(/^Bcc:/m);
    expect(await statusOf(id)).toEqual({ status: 'sent', sent: true, wiped: false });
    expect((await jobOf(id))?.job).not.toContain(to);
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
    expect(await jobOf(id)).toBeUndefined();
  });

  it('is tried again after a failure, with the same Message-ID, and stores no address in the queue', async () => {
    const to = someone();
    sink.rejections.push(451);
    const id = await send(invitation(to));
    await closed(id);

    expect(sink.to(to)).toHaveLength(2);
    for (const mail of sink.to(to)) expect(mail.raw).toContain(`Message-ID: <${id}@acme.example>`);
    expect(await statusOf(id)).toMatchObject({ status: 'sent' });
    expect((await jobOf(id))?.job).not.toContain(to);
  });

  it('is given up if the server rejects it permanently', async () => {
    const to = someone();
    sink.rejections.push(550);
    const id = await send(invitation(to));
    await closed(id);

    expect(sink.to(to)).toHaveLength(1);
    expect(await statusOf(id)).toMatchObject({ status: 'failed', sent: false });
  });

  it('is tried again if the server that began it died', async () => {
    const to = someone();
    const id = await send(invitation(to), (tx) =>
      tx.execute(`UPDATE pgboss.job SET state = 'active', started_on = now() - interval '1 hour'
                WHERE id = (${OWN_MESSAGE})`),
    );
    await app.get(MessageQueue, { strict: false }).maintain();
    await closed(id);

    expect(sink.to(to)).toHaveLength(1);
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
  it('goes through the queue and reaches nobody', async () => {
    const to = someone();
    const id = await database.transaction(async (tx) => {
      await app.get(MessagesService).suppress(tx, invitation(to));
      const row = await tx.one<{ id: string }>(OWN_MESSAGE);
      return row?.id ?? '';
    });
    await closed(id);

    expect(sink.to(to)).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: 'suppressed' });
  });
});

describe('MessageRetention', () => {
  it('deletes what is older than 30 days and nothing else', async () => {
    const insert = (age: string) =>
      dataSource.query<{ id: string }[]>(
        `INSERT INTO messages (id, channel, template, recipient_hash, status, created_at, expires_at)
         VALUES (gen_random_uuid(), 'email', 'otp', '', 'sent', now() - $1::interval, now() - $1::interval) RETURNING id`,
        [age],
      );
    const [[old], [young]] = await Promise.all([insert('31 days'), insert('29 days')]);
    await app.get(MessageRetention, { strict: false }).sweep();

    expect(await statusOf(old?.id ?? '')).toBeUndefined();
    expect(await statusOf(young?.id ?? '')).toBeDefined();
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
    expect((await jobOf(id))?.state).toBe('completed');
  });
});
