import { Client } from '../support/client.js';
import { inSeconds } from '../support/clock.js';
import { Inbox } from '../support/inbox.js';
import { IssuedCredentials } from '../support/issued-credentials.js';
import { runProgram } from '../support/programs.js';
import { Server, type Settings } from '../support/server.js';
import { createTestApp } from '../support/test-app.js';
import { TestDatabase } from '../support/test-database.js';

const t = createTestApp();
let issued: IssuedCredentials;
const restored: { server: Server; database: TestDatabase }[] = [];

beforeAll(async () => {
  issued = await IssuedCredentials.issue(t.server);
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

const post = (server: Server, path: string, body: object) => new Client(server.origin).post(path, body);

it('a restored database alone gives every credential back', async () => {
  const { accepted, refused } = await issued.present(await restore());
  expect([accepted.length, refused]).toEqual([13, []]);
});

it('npm run revoke ends every credential that is older, while servers run', async () => {
  const server = await restore();
  const { code, stdout } = await runProgram('revoke', ['--before', 'now'], server);
  expect(code).toBe(0);
  for (const kind of ['sessions', 'one_time_secrets', 'api_keys', 'recovery_codes', 'signing_keys'])
    expect(stdout).toMatch(new RegExp(`  ${kind} +[1-9]`));
  expect((await issued.present(server)).accepted).toEqual([]);
});

describe('REVOKE_BEFORE', () => {
  const now = () => inSeconds(0).toISOString();

  it('ends every credential that is older before anything is served, and nothing at further starts', async () => {
    const server = await restore({ REVOKE_BEFORE: now() });
    expect((await issued.present(server)).accepted).toEqual([]);
    const { email, password } = issued.filled;
    const { accessToken, refreshToken } = (await post(server, '/auth/login', { email, password })).body;
    await server.restart();
    expect((await new Client(server.origin, accessToken).get('/auth/me')).status).toBe(200);
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
    const { email, password } = issued.filled;
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
