import { burst } from '../../support/burst.js';
import type { Reply } from '../../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

describe('POST /auth/login', () => {
  const t = useSharedApp();
  const login = (account: Pick<Account, 'email' | 'tenant'>, password = PASSWORD) =>
    t.post('/auth/login', { tenantSlug: account.tenant.slug, email: account.email, password });

  it('opens the tenant that it names', async () => {
    const person = await t.given.verifiedTenant();
    const other = await t.given.tenant();
    const { token } = await t.given.invitation(other, { email: person.email });
    expect((await t.post('/auth/invite/accept', { token, password: person.password })).status).toBe(201);

    const own = (await login(person)).body;
    const joined = (await login({ ...person, tenant: other.tenant })).body;

    expect(own.user).toMatchObject({ id: person.user.id, role: 'admin' });
    expect(joined.user).toMatchObject({ id: person.user.id, role: 'user' });
    expect((await t.client(joined.accessToken).get('/auth/me')).body.tenant.slug).toBe(other.tenant.slug);
  });

  it('opens the most recently used tenant where it names none', async () => {
    const person = await t.given.verifiedTenant();
    const other = await t.given.tenant();
    const { token } = await t.given.invitation(other, { email: person.email });
    await t.post('/auth/invite/accept', { token, password: person.password });
    const slugNow = async () => {
      const { body } = await t.post('/auth/login', { email: person.email, password: person.password });
      return (await t.client(body.accessToken).get('/auth/me')).body.tenant.slug;
    };

    await t.database.pass(1);
    await login(person);
    expect(await slugNow()).toBe(person.tenant.slug);
    await t.database.pass(1);
    await login({ ...person, tenant: other.tenant });
    expect(await slugNow()).toBe(other.tenant.slug);
  });

  it('opens a new session each time', async () => {
    const owner = await t.given.tenant();
    const [first, second] = [await t.given.login(owner), await t.given.login(owner)];
    expect(first.refreshToken).not.toBe(second.refreshToken);
    expect((await second.client.get('/auth/sessions')).body.data).toHaveLength(3);
  });

  it('returns each person their own session in a parallel burst', async () => {
    const people = await burst(10, () => t.given.tenant());
    const replies = await burst(30, (index) => login(people[index % 10] ?? people[0]!));
    expect(replies.map((reply) => reply.body.user.id)).toEqual(
      Array.from({ length: 30 }, (_, index) => people[index % 10]?.user.id),
    );
  });

  describe('has one failure response', () => {
    /** The response without the parts that differ between any two responses. */
    const visible = ({ status, headers, body }: Reply) => ({
      status,
      headers: { ...headers, date: '', 'x-request-id': '' },
      body: { ...body, instance: '' },
    });

    it('whatever account and whatever field is wrong', async () => {
      const owner = await t.given.tenant();
      const stranger = await t.given.tenant();
      const closed = await t.given.member(owner);
      await t.database.query(`UPDATE users SET status = 'closed' WHERE id = $1`, [closed.user.id]);
      const suspendedMember = await t.given.member(owner);
      await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE user_id = $1`, [
        suspendedMember.user.id,
      ]);
      const suspendedTenant = await t.given.tenant();
      await t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [
        suspendedTenant.tenant.id,
      ]);

      const wrongPassword = await login(owner, NEW_PASSWORD);
      const others = await Promise.all([
        login({ ...owner, email: uniqueEmail('nobody') }),
        login({ ...stranger, tenant: owner.tenant }),
        login(closed),
        login(suspendedMember),
        login(suspendedTenant),
      ]);

      expect(wrongPassword).toBeProblem('invalid_credentials');
      for (const reply of others) expect(visible(reply)).toEqual(visible(wrongPassword));
    });

    it('also without a tenant', async () => {
      const { email } = await t.given.tenant();
      const wrong = await t.post('/auth/login', { email, password: NEW_PASSWORD });
      const unknown = await t.post('/auth/login', { email: uniqueEmail(), password: NEW_PASSWORD });
      expect(wrong).toBeProblem('invalid_credentials');
      expect(visible(unknown)).toEqual(visible(wrong));
    });
  });

  it.each([
    ['password', 12345],
    ['password', null],
    ['password', { length: 8 }],
    ['email', ['a@example.com']],
    ['email', 'not an address'],
    ['tenantSlug', 7],
    ['tenantSlug', ''],
    ['role', 'admin'],
    ['tenantId', '0192f3a0-0000-7000-8000-000000000000'],
  ])('refuses %s = %j', async (field, value) => {
    const body = { tenantSlug: 'acme', email: uniqueEmail(), password: PASSWORD, [field]: value };
    const reply = await t.post('/auth/login', body);
    expect(reply).toBeProblem('validation_failed');
    expect(reply.body.errors?.[0]?.pointer).toBe(`#/${field}`);
  });

  it('notifies the person of a sign-in on a device not seen before', async () => {
    const owner = await t.given.tenant();
    const body = { tenantSlug: owner.tenant.slug, email: owner.email, password: owner.password };
    const headers = { 'user-agent': 'NewDevice/1.0' };

    expect((await t.post('/auth/login', body, { headers })).status).toBe(200);
    expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
    expect((await t.post('/auth/login', body, { headers })).status).toBe(200);
    expect(await t.inbox.messages(owner.email, 'notice')).toHaveLength(1);
  });

  it('is recorded, also where it fails', async () => {
    const owner = await t.given.tenant();
    await login(owner);
    await login(owner, NEW_PASSWORD);
    const events = await t.database.query<{ action: string; outcome: string }>(
      'SELECT action, outcome FROM audit_events WHERE actor_id = $1 OR target_id = $1 ORDER BY id',
      [owner.user.id],
    );
    expect(events).toEqual(
      expect.arrayContaining([
        { action: 'session.created', outcome: 'success' },
        { action: 'sign_in.refused', outcome: 'refused' },
      ]),
    );
  });
});
