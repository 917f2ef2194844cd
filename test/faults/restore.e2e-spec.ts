import { Client } from '../support/client.js';
import { inSeconds } from '../support/clock.js';
import { Inbox } from '../support/inbox.js';
import { IssuedCredentials } from '../support/issued-credentials.js';
import { runProgram } from '../support/programs.js';
import type { Server, Settings } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';
import { useWarmProcess } from '../support/warm-process.js';

/** Its codes are good until the last test. */
const LONG = { OTP_TTL_SECONDS: '600', TEMP_TOKEN_TTL_SECONDS: '600' };
const warm = useWarmProcess();
let issued: IssuedCredentials;
let source: TestDatabase;
/** It has issued the credentials, and ended. */
let before: Server;
let restored: TestDatabase | null = null;

beforeAll(async () => {
  source = await TestDatabase.create();
  before = await warm.serve({ DATABASE_URL: source.url, ...LONG });
  issued = await IssuedCredentials.issue(before);
  await warm.stop();
});

afterEach(async () => {
  await warm.stop();
  await restored?.drop();
  restored = null;
});
afterAll(() => source.drop());

/** A server on the database as it was when the backup was made. */
async function restore(settings: Settings = {}): Promise<Server> {
  restored = await TestDatabase.copyOf(source);
  return warm.serveBeside(before, { DATABASE_URL: restored.url, ...settings });
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
    const REVOKE_BEFORE = inSeconds(3_600).toISOString();
    await expect(restore({ REVOKE_BEFORE })).rejects.toThrow(
      'The configuration is not usable:\n  - REVOKE_BEFORE is in the future',
    );
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

  it.each([[['--before']], [['--before', '2026-11-26']], [['now']]])('refuses %j', async (args) => {
    const { code, stderr } = await runProgram('revoke', args, before);
    expect([code, stderr]).toEqual([64, expect.stringContaining('Usage: npm run revoke')]);
  });
});
