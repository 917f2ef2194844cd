import { type Account, NEW_PASSWORD, PASSWORD, unique } from '../support/given.js';
import { createTestApp, useSharedApp } from '../support/test-app.js';

/** Where people and those who are invited stand with their addresses in clear text. */
const HOLDS_ADDRESSES = [
  'public.users',
  'public.invitations',
  'public.one_time_secrets',
  'search.member_texts',
];

describe('a server in production', () => {
  const t = createTestApp({
    NODE_ENV: 'production',
    THROTTLE_ENABLED: null,
    PUBLIC_URL: 'https://id.example.com',
    APP_URL: 'https://app.example.com',
  });

  it.each([
    '/',
    '/dev/messages',
    '/dev/inbox',
    '/dev/faults',
    '/dev',
    '/docs',
    '/docs/',
    '/docs-json',
    '/openapi/primary.json',
    '/openapi',
    '/swagger',
    '/api-json',
    '/debug',
  ])('does not show %s', async (path) => {
    expect(await t.get(path)).toBeProblem('route_not_found');
  });

  it.each(['/dev/reset', '/dev/clock', '/dev/faults'])('has no POST %s', async (path) => {
    expect(await t.post(path, {})).toBeProblem('route_not_found');
  });

  it('reveals nothing about itself at /health', async () => {
    const { text } = await t.get('/health/ready');
    expect(text).not.toMatch(/version|postgres|127\.0\.0\.1|uptime|memory/i);
  });

  it('works', async () => {
    const { status, body } = await t.post('/auth/register', t.given.registration());
    expect(status).toBe(201);
    expect((await t.client(body.accessToken).get('/auth/me')).status).toBe(200);
  });

  it('has no account that anybody knows', async () => {
    const names = [
      'admin@example.com',
      'admin@localhost',
      'root@localhost',
      'admin@acme.com',
      'test@test.com',
    ];
    const passwords = ['admin', 'password', 'SecurePass123!', 'changeme'];
    for (const email of names) {
      for (const password of passwords) {
        expect([401, 429]).toContain((await t.post('/auth/login', { email, password })).status);
      }
    }
    expect((await t.database.query(`SELECT 1 FROM users WHERE email LIKE 'admin@%'`)).length).toBe(0);
  });

  it('accepts no example of the published description as a credential', async () => {
    const examples = ['abc123def456', 'reset-token-123', 'verification-token-123', 'eyJhbGciOiJIUzI1NiIs...'];
    for (const token of examples) {
      expect((await t.get(`/auth/invite/validate?token=${token}`)).status).toBe(404);
      expect((await t.get(`/auth/reset-password/validate?token=${token}`)).status).toBe(400);
      expect((await t.post('/auth/refresh', { refreshToken: token })).status).toBe(401);
      expect((await t.get('/auth/me', { token })).status).toBe(401);
    }
  });
});

describe('what is secret', () => {
  const t = useSharedApp({ LOG_LEVEL: 'debug' });
  const password = 'C4nary-Drawbridge-Owl-1';
  const newPassword = 'C4nary-Drawbridge-Owl-2';
  let secrets: string[];
  let owner: Account;

  /** One of each kind, used and unused, right and wrong. */
  beforeAll(async () => {
    owner = await t.given.tenant({ password, firstName: 'Canaryfirst', lastName: 'Canarylast' });
    const login = await t.given.login(owner);
    const { body: refreshed } = await t.post('/auth/refresh', { refreshToken: login.refreshToken });
    const verification = await t.given.verificationToken(owner);
    const invited = await t.given.invitation(owner);
    const names = { firstName: 'Ines', lastName: 'Invited' };
    await t.post('/auth/invite/accept', { token: invited.token, password: PASSWORD, ...names });
    await owner.client.post('/auth/verify-email', { token: verification });
    const used = await t.given.resetToken(owner);
    await t.post('/auth/login', { email: owner.email, password: 'C4nary-Wrong-Guess' });
    await owner.client.post('/auth/change-password', { currentPassword: 'C4nary-Wrong-Guess', newPassword });
    await t.post('/auth/reset-password', { token: used, newPassword });
    const unused = await t.given.resetToken(owner);
    await t.get(`/auth/reset-password/validate?token=${unused}`);
    const open = await t.given.invitation(await t.given.login({ ...owner, password: newPassword }));
    await t.get(`/auth/me?access_token=${refreshed.accessToken}`);
    secrets = [
      password,
      newPassword,
      PASSWORD,
      'C4nary-Wrong-Guess',
      owner.accessToken,
      owner.refreshToken,
      login.refreshToken,
      refreshed.accessToken,
      refreshed.refreshToken,
      used,
      unused,
      verification,
      invited.token,
      open.token,
      t.server.settings.SECRET_KEY ?? '',
    ];
  });

  it('is not written to the log', async () => {
    const log = await t.writtenLog();
    for (const secret of secrets) expect(log.includes(secret) ? secret : '').toBe('');
  });

  it('is not written to the log, and neither are addresses and names of people', async () => {
    const log = await t.writtenLog();
    expect(log).not.toContain(owner.email);
    expect(log).not.toMatch(/Canary(first|last)/);
  });

  it('is not written to the database in clear text, and neither are the messages that contain it', async () => {
    const tables = await t.database.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const rows = await t.database.query<{ text: string }>(`SELECT row::text AS text FROM ${name} AS row`);
      const dump = rows.map((row) => row.text).join('\n');
      const bytes = dump.replace(/\\\\?x([0-9a-f]+)/g, (_, hex: string) =>
        Buffer.from(hex, 'hex').toString('latin1'),
      );
      for (const secret of secrets) {
        expect([name, dump.includes(secret) || bytes.includes(secret) ? secret : '']).toEqual([name, '']);
      }
      if (!HOLDS_ADDRESSES.includes(name)) {
        expect([name, dump.includes(owner.email)]).toEqual([name, false]);
      }
    }
  });

  it('is not repeated in any response', async () => {
    const { client } = await t.given.login({ ...owner, password: newPassword });
    for (const path of ['/auth/me', '/auth/sessions']) {
      const { text } = await client.get(path);
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/hash|argon2|generation|tokenVersion/i);
    }
    expect(NEW_PASSWORD).not.toBe(password);
  });
});

describe('messages with names that people chose', () => {
  const t = useSharedApp();

  it('print them as text, whatever they contain', async () => {
    const owner = await t.given.tenant({
      companyName: `Acme <img src=x onerror=alert(1)> {{7919*7907}} & Söhne ${unique()}`,
      firstName: '<b>Bob</b>',
      lastName: '${7919*7907}',
    });
    const { email } = await t.given.invitation(owner);
    const message = await t.inbox.latest(email, 'invitation');
    const { body } = await t.client().get<{ html: string }>(`/dev/inbox/messages/${message.id}`);

    expect(body.html).not.toMatch(/<img src=x|<b>Bob/);
    expect(body.html).toContain('&lt;img');
    expect(`${message.subject} ${message.text}`).not.toContain('62615533');
    expect(message.subject).not.toMatch(/[\r\n]/);
  });
});
