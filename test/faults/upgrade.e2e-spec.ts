import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { SMTPServer } from 'smtp-server';
import { Client } from '../support/client.js';
import type { Server } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';
import { Authenticator } from '../support/totp.js';
import { until } from '../support/until.js';
import { useWarmProcess } from '../support/warm-process.js';

/** What `npm run release:dump` recorded of the release before this one. */
const file = (name: string) => readFileSync(new URL(`release/${name}`, import.meta.url));
const before = JSON.parse(file('secrets.json').toString()) as {
  at: string;
  settings: Record<string, string>;
  password: string;
  email: string;
  apiKey: string;
  refreshToken: string;
  invitation: string;
  reset: string;
  verification: { email: string; token: string };
  revert: string;
  guarded: {
    email: string;
    otpauthUri: string;
    backupCodes: string[];
    usedCode: string;
    deviceToken: string;
    tempToken: string;
  };
  katixo: { phone: string; refreshToken: string; code: string };
  datixlab: { email: string; key: string };
};
const { guarded, password } = before;
const secret = new URL(guarded.otpauthUri).searchParams.get('secret') ?? '';

/** To whom mail was delivered. */
const delivered: string[] = [];
/** The same, before any test. */
let deliveredAtFirst: string[];
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  socketTimeout: 600_000,
  onData: (stream, session, done) => {
    stream.resume().once('end', () => {
      delivered.push(...session.envelope.rcptTo.map(({ address }) => address));
      done();
    });
  },
});

const [warm, other] = [useWarmProcess('plain'), useWarmProcess('other')];
let database: TestDatabase;
let queued: number;
let servers: Server[];
let client: Client;

beforeAll(async () => {
  database = await TestDatabase.create({ empty: true });
  await database.query(gunzipSync(file('dump.sql.gz')).toString());
  await database.query(`SELECT set_config('search_path', 'public', false)`);
  // As if it had been recorded now
  const [age] = await database.query<{ seconds: number }>(
    'SELECT extract(epoch FROM now() - $1::timestamptz)::float8 AS seconds',
    [before.at],
  );
  await database.pass(-(age?.seconds ?? 0));
  const [waiting] = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM messages WHERE status = 'queued'`,
  );
  queued = waiting?.count ?? 0;
  await new Promise<void>((listening) => mailServer.listen(0, '127.0.0.1', listening));
  const { port } = mailServer.server.address() as AddressInfo;
  const SMTP_URL = `smtp://127.0.0.1:${port}`;
  const settings = { ...before.settings, SMTP_URL, DATABASE_URL: database.url, MIGRATE_ON_START: 'true' };
  servers = await Promise.all([warm, other].map((process) => process.serve(settings)));
  client = new Client(servers[0]?.origin ?? '');
  await until(async () => {
    const [left] = await database.query(`SELECT FROM messages WHERE status = 'queued' LIMIT 1`);
    return left === undefined;
  });
  deliveredAtFirst = [...delivered];
});

afterAll(async () => {
  for (const server of servers) await server.dispose();
  await database.drop();
  await new Promise<void>((closed) => mailServer.close(closed));
});

const statusOf = async (path: string, body: object, from = client) => (await from.post(path, body)).status;
const login = async (email: string, extra: object = {}) =>
  (await client.post('/auth/login', { email, password, ...extra })).body;

describe('after the upgrade of a database of the release before', () => {
  it('every mail that waited is delivered, once', () => {
    expect(queued).toBeGreaterThan(5);
    expect(deliveredAtFirst).toHaveLength(queued);
  });

  it('passwords are good', async () => {
    expect(await login(before.email)).toHaveProperty('accessToken');
    expect(await statusOf('/v1/auth/login', { email: before.datixlab.email, password })).toBe(200);
  });

  it('refresh tokens are good, once', async () => {
    const bearer = { refreshToken: before.refreshToken };
    expect(await statusOf('/auth/refresh', bearer)).toBe(200);
    expect(await statusOf('/api/v1/auth/refresh', { refreshToken: before.katixo.refreshToken })).toBe(200);
  });

  it.each([before.apiKey, before.datixlab.key])('API key %# is good', async (key) => {
    expect((await client.get('/auth/verify', { token: key })).status).toBe(204);
  });

  it('one-time codes are good, once', async () => {
    const { phone, code } = before.katixo;
    expect(await statusOf('/auth/otp/verify', { phone, code })).toBe(200);
    expect(await statusOf('/auth/otp/verify', { phone, code })).toBe(400);
  });

  it('links are good: reset, invitation, verification, return of an e-mail address', async () => {
    expect(
      await statusOf('/auth/reset-password', { token: before.reset, newPassword: 'after the upgrade' }),
    ).toBe(200);
    const names = { firstName: 'Ivy', lastName: 'After' };
    expect(await statusOf('/auth/invite/accept', { token: before.invitation, password, ...names })).toBe(201);
    const { accessToken } = await login(before.verification.email);
    const { token } = before.verification;
    expect(await statusOf('/auth/verify-email', { token }, client.withToken(accessToken))).toBe(200);
    expect(await statusOf('/auth/email-change/revert', { token: before.revert })).toBe(200);
  });

  it('a pending sign-in ends with the code of an authenticator', async () => {
    const code = new Authenticator(secret).nextCode();
    expect(await statusOf('/auth/verify-2fa', { tempToken: guarded.tempToken, code })).toBe(200);
  });

  it('backup codes are good, but the one that was used', async () => {
    const { tempToken } = await login(guarded.email);
    expect(await statusOf('/auth/verify-2fa', { tempToken, code: guarded.usedCode })).toBe(401);
    for (const code of guarded.backupCodes.slice(0, 2)) {
      const again = await login(guarded.email);
      expect(await statusOf('/auth/verify-2fa', { tempToken: again.tempToken, code })).toBe(200);
    }
  });

  it('trusted devices are good', async () => {
    expect(await login(guarded.email, { deviceToken: guarded.deviceToken })).toHaveProperty('accessToken');
  });

  it('each migration was applied once', async () => {
    const rows = await database.query<{ name: string }>('SELECT name FROM public.schema_migrations');
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(3);
  });

  it('both servers serve', async () => {
    for (const { origin } of servers) expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
  });
});
