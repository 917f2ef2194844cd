import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD } from '../../support/given.js';
import { NEW_PAIR } from '../../support/reissued.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /auth/change-password', () => {
  const t = useSharedApp();
  const change = (account: Account, overrides: Record<string, unknown> = {}) =>
    account.client.post('/auth/change-password', {
      currentPassword: account.password,
      newPassword: NEW_PASSWORD,
      ...overrides,
    });
  const login = (account: Account, password: string) =>
    t.post('/auth/login', { tenantSlug: account.tenant.slug, email: account.email, password });

  it('sets the new password, and the old one is refused', async () => {
    const owner = await t.given.tenant();
    expect((await change(owner)).body).toEqual({ message: 'Password changed successfully', ...NEW_PAIR });
    expect(await login(owner, owner.password)).toBeProblem('invalid_credentials');
    expect((await login(owner, NEW_PASSWORD)).status).toBe(200);
  });

  it('ends every other session at once and keeps this one', async () => {
    const owner = await t.given.tenant();
    const elsewhere = await t.given.login(owner);

    await change(owner);

    expect((await owner.client.get('/auth/me')).status).toBe(200);
    expect((await t.post('/auth/refresh', { refreshToken: owner.refreshToken })).status).toBe(200);
    expect(await elsewhere.client.get('/auth/me')).toBeProblem('access_token_invalid');
    const { refreshToken } = elsewhere;
    expect(await t.post('/auth/refresh', { refreshToken })).toBeProblem('refresh_token_invalid');
  });

  it('requires the current password', async () => {
    const owner = await t.given.tenant();
    const elsewhere = await t.given.login(owner);
    expect(await change(owner, { currentPassword: NEW_PASSWORD })).toBeProblem('current_password_incorrect');
    expect((await login(owner, owner.password)).status).toBe(200);
    expect((await elsewhere.client.get('/auth/me')).status).toBe(200);
  });

  it('changes once in a parallel burst with one current password', async () => {
    const owner = await t.given.tenant();
    const passwords = Array.from({ length: 20 }, (_, index) => `${NEW_PASSWORD}-${index}`);
    const replies = await burst(20, (index) => change(owner, { newPassword: passwords[index] }));
    expect(countBy(replies, (reply) => reply.status)[200]).toBe(1);
    const winner = passwords[replies.findIndex((reply) => reply.status === 200)] ?? '';
    await t.database.pass(3600);
    expect((await login(owner, winner)).status).toBe(200);
  });

  it('notifies the person', async () => {
    const owner = await t.given.tenant();
    await change(owner);
    const [notice, ...more] = await t.inbox.messages(owner.email, 'notice');
    expect(more).toEqual([]);
    expect(JSON.stringify(notice)).not.toContain(NEW_PASSWORD);
  });

  it('requires a signed-in person', async () => {
    const owner = await t.given.tenant();
    const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
    expect(await t.post('/auth/change-password', body)).toBeProblem('authentication_required');
  });

  it.each([
    [{ currentPassword: undefined }],
    [{ currentPassword: 1 }],
    [{ newPassword: null }],
    [{ newPassword: ['x'] }],
    [{ userId: '0192f3a0-0000-7000-8000-000000000000' }],
    [{ email: 'a@example.com' }],
  ])('refuses %j and changes nothing', async (wrong) => {
    const owner = await t.given.tenant();
    expect(await change(owner, wrong)).toBeProblem('validation_failed');
    expect((await login(owner, owner.password)).status).toBe(200);
  });
});
