import { randomBytes } from 'node:crypto';
import { fill, type Filled } from '../../scripts/release-dump/fill.js';
import { canaries } from '../support/canaries/canaries.js';
import { searchDatabase } from '../support/canaries/search-database.js';
import { Client } from '../support/client.js';
import { Inbox } from '../support/inbox.js';
import { runProgram } from '../support/programs.js';
import { TestDatabase } from '../support/test-database.js';
import { createAppIn, useWarmProcess } from '../support/warm-process.js';

const warm = useWarmProcess();
const t = createAppIn(warm);
const SECRET_KEY = randomBytes(32).toString('base64');
let filled: Filled;
let lost = '';

const post = (path: string, body: object) => t.client().post(path, body);
const statusOf = async (path: string, body: object) => (await post(path, body)).status;
const lose = (id: string, settings: Record<string, string> = {}) =>
  runProgram('rekey', ['--lost', id], t.server, { SECRET_KEY, ...settings });

beforeAll(async () => {
  filled = await fill(t.server.origin);
  await warm.stop();
  lost = (await t.database.query<{ id: string }>('SELECT id FROM secret_keys'))[0]?.id ?? '';
});

it('a server with another SECRET_KEY does not start, with a message that names the key it lacks', async () => {
  // `last-log-lines` sees the exit code of one
  const reason = await warm.runAgain(t.server, { SECRET_KEY }).then(
    () => 'it starts',
    (error: Error) => error.message,
  );
  expect(reason).toContain(`SECRET_KEY is not the key of this database`);
  expect(reason).toContain(lost);
  expect(reason).not.toContain(SECRET_KEY);
  for (const command of ['rekey', 'revoke']) {
    const args = command === 'revoke' ? ['--before', 'now'] : [];
    const ended = await runProgram(command, args, t.server, { SECRET_KEY });
    expect([ended.code, ended.stderr]).toEqual([78, expect.stringContaining(lost)]);
  }
});

it('nothing is given up unless the key is not there, and named', async () => {
  expect(await runProgram('rekey', ['--lost', lost], t.server)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Nothing is lost'),
  });
  expect(await lose('0123456789abcdef')).toMatchObject({ code: 1, stderr: expect.stringContaining(lost) });
  expect((await runProgram('rekey', ['--lost'], t.server)).code).toBe(64);
});

it('servers go on with a new key: who had a second factor sets a password by a link, the others sign in', async () => {
  const copy = await TestDatabase.copyOf(t.database);
  const settings = { DATABASE_URL: copy.url };
  const { code, stdout } = await lose(lost, settings);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/second_factors +1\n/)]);
  expect((await lose(lost, settings)).code).toBe(1);
  await warm.runAgain(t.server, { SECRET_KEY, ...settings });

  const { email, password, guarded } = filled;
  const signedIn = await post('/auth/login', { email, password });
  expect(signedIn.status).toBe(200);
  expect((await t.client(signedIn.body.accessToken).get('/auth/me')).status).toBe(200);
  for (const key of [filled.apiKey, filled.datixlab.key])
    expect((await new Client(t.server.origin, key).get('/auth/verify')).status).toBe(204);

  expect(await statusOf('/auth/refresh', { refreshToken: filled.refreshToken })).toBe(401);
  expect(await statusOf('/auth/reset-password', { token: filled.reset, newPassword: 'after the loss' })).toBe(
    400,
  );
  const verify = { tempToken: guarded.tempToken, code: guarded.backupCodes[0] };
  expect(await statusOf('/auth/verify-2fa', verify)).toBe(401);

  expect(await statusOf('/auth/login', { email: guarded.email, password })).toBe(401);
  await post('/auth/forgot-password', { email: guarded.email });
  const token = await new Inbox(t.client()).token(guarded.email, 'password-reset');
  const reset = { token, newPassword: 'after the loss of a key' };
  expect(await statusOf('/auth/reset-password', reset)).toBe(200);
  const again = await post('/auth/login', { email: guarded.email, password: reset.newPassword });
  expect(again.body).toHaveProperty('accessToken');
  expect((await t.client(again.body.accessToken).post('/auth/enable-2fa')).status).toBe(200);
  await warm.stop();
  await searchDatabase(copy, canaries);
  await copy.drop();
});
