import { fill, type Filled } from '../../scripts/release-dump/fill.js';
import { Client } from '../support/client.js';
import { inSeconds } from '../support/clock.js';
import { Inbox } from '../support/inbox.js';
import { runProgram } from '../support/programs.js';
import { Server, type Settings } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { TestDatabase } from '../support/test-database.js';
import { Authenticator } from '../support/totp.js';

const t = createTestApp();
let filled: Filled;
let accessToken: string;
const restored: { server: Server; database: TestDatabase }[] = [];

beforeAll(async () => {
  filled = await fill(t.server.origin);
  const { email, password } = filled;
  accessToken = (await t.post('/auth/login', { email, password })).body.accessToken;
  await t.server.stop();
});

afterAll(async () => {
  for (const { server, database } of restored) {
    await server.dispose();
    await database.drop();
  }
});

/** A server on the database as it was when the backup was made. */
async function restore(settings: Settings = {}): Promise<Server> {
  const database = await TestDatabase.copyOf(t.database);
  const { SECRET_KEY = '', PUBLIC_URL = t.server.origin } = t.server.settings;
  const server = await Server.start({ SECRET_KEY, PUBLIC_URL, DATABASE_URL: database.url, ...settings });
  restored.push({ server, database });
  return server;
}

const post = (server: Server, path: string, body: object, token: string | null = null) =>
  new Client(server.origin, token).post(path, body);
const login = async (server: Server, email: string, extra: object = {}) =>
  (await post(server, '/auth/login', { email, password: filled.password, ...extra })).body;
const secondFactor = async (server: Server, tempToken: string, code: string) =>
  (await post(server, '/auth/verify-2fa', { tempToken, code })).status;
const authenticatorCode = () =>
  new Authenticator(new URL(filled.guarded.otpauthUri).searchParams.get('secret') ?? '').nextCode();

/** Presents a credential, and returns the status; each uses a person of its own, or spoils nothing. */
const CREDENTIALS: Record<string, (server: Server) => Promise<number>> = {
  'an access token': async ({ origin }) => (await new Client(origin, accessToken).get('/auth/me')).status,
  'a refresh token': async (server) =>
    (await post(server, '/auth/refresh', { refreshToken: filled.refreshToken })).status,
  'a refresh token of Katixo': async (server) =>
    (await post(server, '/api/v1/auth/refresh', { refreshToken: filled.katixo.refreshToken })).status,
  'an API key': async ({ origin }) => (await new Client(origin, filled.apiKey).get('/auth/verify')).status,
  'an API key of Datix Lab': async ({ origin }) =>
    (await new Client(origin, filled.datixlab.key).get('/auth/verify')).status,
  'a reset link': async (server) =>
    (await post(server, '/auth/reset-password', { token: filled.reset, newPassword: 'after the restore' }))
      .status,
  'an invitation': async (server) => {
    const names = { password: filled.password, firstName: 'Ivy', lastName: 'After' };
    return (await post(server, '/auth/invite/accept', { token: filled.invitation, ...names })).status;
  },
  'a verification link': async (server) => {
    const { email, token } = filled.verification;
    const signedIn = await login(server, email);
    return (await post(server, '/auth/verify-email', { token }, signedIn.accessToken)).status;
  },
  'a link that takes a change of address back': async (server) =>
    (await post(server, '/auth/email-change/revert', { token: filled.revert })).status,
  'a one-time code': async (server) => {
    const { phone, code } = filled.katixo;
    return (await post(server, '/auth/otp/verify', { phone, code })).status;
  },
  'a pending sign-in': (server) => secondFactor(server, filled.guarded.tempToken, authenticatorCode()),
  'a backup code': async (server) => {
    const { tempToken } = await login(server, filled.guarded.email);
    return secondFactor(server, tempToken, filled.guarded.backupCodes[0] ?? '');
  },
  'a trusted device': async (server) => {
    const { email, deviceToken } = filled.guarded;
    return (await login(server, email, { deviceToken })).requiresTwoFactor === true ? 401 : 200;
  },
};

const present = async (server: Server) => {
  const statuses: [string, number][] = [];
  for (const [name, use] of Object.entries(CREDENTIALS)) statuses.push([name, await use(server)]);
  return statuses;
};
const refused = ([, status]: [string, number]) => status >= 400 && status < 500;

it('a restored database alone gives every credential back', async () => {
  expect((await present(await restore())).filter(refused)).toEqual([]);
});

it('npm run revoke ends every credential that is older, while servers run', async () => {
  const server = await restore();
  const { code, stdout } = await runProgram('revoke', ['--before', 'now'], server);
  expect(code).toBe(0);
  for (const kind of ['sessions', 'one_time_secrets', 'api_keys', 'recovery_codes', 'signing_keys'])
    expect(stdout).toMatch(new RegExp(`  ${kind} +[1-9]`));
  expect((await present(server)).filter((one) => !refused(one))).toEqual([]);
});

describe('REVOKE_BEFORE', () => {
  const now = () => inSeconds(0).toISOString();

  it('ends every credential that is older before anything is served, and nothing at further starts', async () => {
    const server = await restore({ REVOKE_BEFORE: now() });
    expect((await present(server)).filter((one) => !refused(one))).toEqual([]);
    const { accessToken: issued, refreshToken } = await login(server, filled.email);
    await server.restart();
    expect((await new Client(server.origin, issued).get('/auth/me')).status).toBe(200);
    expect((await post(server, '/auth/refresh', { refreshToken })).status).toBe(200);
  });

  it('of the future stops the server', async () => {
    const { DATABASE_URL = '', SECRET_KEY = '' } = (await restore()).settings;
    const REVOKE_BEFORE = inSeconds(3_600).toISOString();
    const { code, output } = await Server.startAndExit({ DATABASE_URL, SECRET_KEY, REVOKE_BEFORE });
    expect([code, output]).toEqual([78, expect.stringContaining('REVOKE_BEFORE is in the future')]);
  });
});

describe('npm run revoke', () => {
  it('with --passwords also ends passwords, which a link sets again', async () => {
    const server = await restore();
    expect((await runProgram('revoke', ['--before', 'now', '--passwords'], server)).code).toBe(0);
    const { email, password } = filled;
    expect((await post(server, '/auth/login', { email, password })).status).toBe(401);
    await post(server, '/auth/forgot-password', { email });
    const token = await new Inbox(new Client(server.origin)).token(email, 'password-reset');
    const reset = { token, newPassword: 'after the restore' };
    expect((await post(server, '/auth/reset-password', reset)).status).toBe(200);
    expect((await post(server, '/auth/login', { email, password: reset.newPassword })).status).toBe(200);
  });

  it.each([[['--before']], [['--before', 'yesterday']], [['--before', '2026-11-26']], [[]], [['now']]])(
    'refuses %j',
    async (args) => {
      const { code, stderr } = await runProgram('revoke', args, t.server);
      expect([code, stderr]).toEqual([64, expect.stringContaining('Usage: npm run revoke')]);
    },
  );
});
