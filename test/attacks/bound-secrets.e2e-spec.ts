import { uniqueEmail } from '../support/given.js';
import { untilWaitedFor } from '../support/locks.js';
import { otherCode, Phones, uniquePhone } from '../support/phone.js';
import { useSharedApp } from '../support/test-app.js';

describe('what a secret is bound to', () => {
  const t = useSharedApp();
  const phones = new Phones(t);

  it('is the account: a verification link has no effect in another session that claims the address', async () => {
    const email = uniqueEmail();
    const claimant = await t.given.tenant({ email });
    const token = await t.given.verificationToken(claimant);
    const other = await t.given.verifiedTenant();
    const { password: currentPassword } = other;
    expect((await other.client.patch('/auth/me', { email, currentPassword })).status).toBe(200);

    const reply = await other.client.post('/auth/verify-email', { token });

    expect(reply).toBeProblem('verification_token_invalid');
    const { body } = await other.client.get('/auth/me');
    expect(body).toMatchObject({ email: other.email, pendingEmail: email });
    expect((await claimant.client.post('/auth/verify-email', { token })).status).toBe(200);
  });

  it('is five guesses: one that waits until the fifth is counted is not compared', async () => {
    const phone = uniquePhone();
    const code = await phones.newCode(phone);
    for (let step = 1; step <= 4; step += 1) await phones.verify(phone, otherCode(code, step));

    await t.database.query('BEGIN');
    // Both lock the same row, so they run in the order in which they come
    await t.database.query('SELECT 1 FROM otp_challenges FOR UPDATE');
    const fifth = phones.verify(phone, otherCode(code, 5));
    await untilWaitedFor(t.database, 1);
    const sixth = phones.verify(phone, code);
    await untilWaitedFor(t.database, 2);
    await t.database.query('COMMIT');

    expect(await fifth).toBeProblem('otp_invalid');
    expect(await sixth).toBeProblem('otp_invalid');
  });
});
