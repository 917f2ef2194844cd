import { AccountDeletions } from '../../support/account-deletions.js';
import { useSharedApp } from '../../support/test-app.js';

describe('deleting an account where the message cannot be sent', () => {
  const t = useSharedApp({ THROTTLE_ENABLED: null, SMS_COUNTRIES: 'GB' });
  const deletions = new AccountDeletions(t);

  it('nothing is deleted: a message was sent a moment ago', async () => {
    const person = await t.given.verifiedTenant();
    await deletions.left(person.client);
    await deletions.restore(await deletions.token(person.email));
    const { client } = await t.given.login(person);
    expect(await deletions.leave(client)).toBeProblem('message_limit_exceeded');
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('nothing is deleted: no SMS is sent to the country', async () => {
    const person = await t.given.verifiedTenant();
    await t.database.query(
      'UPDATE users SET email = NULL, email_verified_at = NULL, phone = $2, phone_verified_at = now() WHERE id = $1',
      [person.user.id, '+919811112222'],
    );
    expect(await deletions.leave(person.client)).toBeProblem('sms_not_available');
    expect((await person.client.get('/auth/me')).status).toBe(200);
  });
});
