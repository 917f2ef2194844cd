import { otherCode, Phones, uniquePhone } from '../../support/phone.js';
import { REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { createTestApp } from '../../support/test-app.js';

const WRONG = 'Wrong-Guess-19-Harbor';

describe('a restart', () => {
  const t = createTestApp();

  it('keeps sessions, limits, reuse detection and keys, and applies a higher hash cost', async () => {
    const [guessed, reused, kept] = [await t.given.tenant(), await t.given.tenant(), await t.given.tenant()];
    const guess = () => t.post('/auth/login', { email: guessed.email, password: WRONG });
    for (let index = 0; index < 3; index += 1) expect((await guess()).status).toBe(401);
    const successor = (await t.post('/auth/refresh', { refreshToken: reused.refreshToken })).body;
    await t.database.pass(REFRESH_GRACE_SECONDS + 1);

    await t.server.restart({ ARGON2_MEMORY_KIB: '128' });

    expect((await kept.client.get('/auth/me')).status).toBe(200);
    expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([401, 401, 429]);
    for (const refreshToken of [reused.refreshToken, successor.refreshToken]) {
      expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
    }
    await t.given.login(kept);
    const hashes = await t.database.query<{ hash: string }>(
      'SELECT hash FROM password_credentials WHERE user_id = $1',
      [kept.user.id],
    );
    expect(hashes[0]?.hash).toContain('m=128,');
    await t.given.login(kept);
  });

  it('keeps the count of guesses at a code', async () => {
    const phones = new Phones(t);
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    for (let step = 1; step <= 5; step += 1)
      expect(await phones.verify(phone, otherCode(code, step))).toBeProblem('otp_invalid');
    await t.server.restart();
    expect(await phones.verify(phone, code)).toBeProblem('otp_invalid');
  });
});
