import type { TenantAnswer } from '../../support/answer.js';
import { secondsUntil } from '../../support/clock.js';
import type { Account } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const HOUR = 3600;

describe('the session lifetime of an organisation', () => {
  const t = useSharedApp();
  const limit = async (as: Account, sessionLifetimeSeconds: number | null) => {
    const { status } = await as.client.patch('/tenants/current', { policies: { sessionLifetimeSeconds } });
    expect(status).toBe(200);
  };
  const me = (as: Account) => as.client.get('/auth/me');
  const refresh = ({ refreshToken }: Pick<Account, 'refreshToken'>) =>
    t.post('/auth/refresh', { refreshToken });
  const sessions = async (as: Account) => (await as.client.get('/auth/sessions')).body.data;

  /** An administrator who also leads another tenant without such a policy. */
  const inTwo = async () => {
    const person = await t.given.tenant();
    const name = `Other ${person.user.id}`;
    const other = (await person.client.post<TenantAnswer>('/users/me/organisations', { name })).body;
    return { person, other };
  };
  const switchTo = (as: Account, orgId: string) => as.client.post('/users/me/switch-org', { orgId });

  it('is the absolute end of new sessions, and of their access tokens', async () => {
    const owner = await t.given.tenant();
    await limit(owner, 300);
    const again = await t.post('/auth/login', {
      email: owner.email,
      password: owner.password,
      tenantSlug: owner.tenant.slug,
    });
    expect(again.body.expiresIn).toBeGreaterThan(200);
    expect(again.body.expiresIn).toBeLessThanOrEqual(300);
    const [newest] = await sessions(owner);
    expect(secondsUntil(newest?.expiresAt)).toBeLessThanOrEqual(300);
  });

  it('ends them however often they are refreshed', async () => {
    const owner = await t.given.tenant();
    await limit(owner, HOUR);
    let { refreshToken } = owner;
    for (let minutes = 0; minutes < 50; minutes += 25) {
      await t.database.pass(25 * 60);
      const reply = await refresh({ refreshToken });
      expect(reply.status).toBe(200);
      refreshToken = reply.body.refreshToken;
    }
    await t.database.pass(11 * 60);
    expect(await refresh({ refreshToken })).toBeProblem('refresh_token_invalid');
    const refreshed = await t.database.query('SELECT refresh_count FROM sessions WHERE user_id = $1', [
      owner.user.id,
    ]);
    expect(refreshed).toEqual([{ refresh_count: 2 }]);
  });

  it('applies at once to open sessions, and people whose session is over sign in again', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    await t.database.pass(2 * HOUR);
    const fresh = await t.given.login(owner);
    await limit(fresh, HOUR);
    for (const old of [owner, member]) {
      expect(await me(old)).toBeProblem('access_token_invalid');
      expect(await refresh(old)).toBeProblem('refresh_token_invalid');
    }
    expect((await me(fresh)).status).toBe(200);
    expect(await sessions(fresh)).toHaveLength(1);
    expect((await me(await t.given.login(member))).status).toBe(200);
  });

  it('never lets a session live longer than the server does', async () => {
    const owner = await t.given.tenant();
    const [before] = await sessions(owner);
    await limit(owner, 31_536_000);
    expect(await sessions(owner)).toMatchObject([{ expiresAt: before?.expiresAt }]);
    await limit(owner, null);
    expect(await sessions(owner)).toMatchObject([{ expiresAt: before?.expiresAt }]);
  });

  it('refuses a switch of an older session, which stays in its organisation', async () => {
    const { person, other } = await inTwo();
    await limit(person, HOUR);
    const elsewhere = await t.given.login({ ...person, tenant: { ...person.tenant, slug: other.slug } });
    await t.database.pass(2 * HOUR);
    expect(await switchTo(elsewhere, person.tenant.id)).toBeProblem('reauthentication_required');
    expect((await me(elsewhere)).body.tenant.id).toBe(other.id);
    expect((await refresh(elsewhere)).status).toBe(200);
  });

  it('limits a session that moves in, and no longer once it has moved out', async () => {
    const { person, other } = await inTwo();
    await limit(person, HOUR);
    const out = (await switchTo(person, other.id)).body;
    expect(out.expiresIn).toBe(HOUR);
    const there = { ...person, client: t.client(out.accessToken) };
    expect(secondsUntil((await sessions(there))[0]?.expiresAt)).toBeGreaterThan(24 * HOUR);
    await t.database.pass(1800);
    const back = (await switchTo(there, person.tenant.id)).body;
    expect(back.expiresIn).toBeLessThanOrEqual(1800);
    await t.database.pass(1800);
    expect(await me({ ...person, client: t.client(back.accessToken) })).toBeProblem('access_token_invalid');
  });
});
