import { randomUUID } from 'node:crypto';
import { burst, countBy } from '../../support/burst.js';
import type { Client, Reply } from '../../support/client.js';
import { type Account, PASSWORD, unique } from '../../support/given.js';
import { untilWaitedFor } from '../../support/locks.js';
import { REFRESH_GRACE_SECONDS } from '../../support/server.js';
import { useSharedApp } from '../../support/test-app.js';

interface Organisation {
  id: string;
  name: string;
  slug: string;
  businessType: string | null;
  role: string;
  roleLevel: number;
  active: boolean;
}

const ORGANISATIONS = '/users/me/organisations';

describe('the organisations of one person', () => {
  const t = useSharedApp();
  const list = async (as: Client) => (await as.get<Organisation[]>(ORGANISATIONS)).body;
  const create = (as: Client, body: object = { name: `Company ${unique()}` }) =>
    as.post<Organisation & { errors?: { pointer: string }[] }>(ORGANISATIONS, body);
  const switchTo = (as: Client, orgId: string) => as.post('/users/me/switch-org', { orgId });
  const leave = (as: Client, id: string) => as.delete(`${ORGANISATIONS}/${id}`);
  const me = (token: string) => t.client(token).get('/auth/me');
  const refresh = (refreshToken: string) => t.post('/auth/refresh', { refreshToken });

  /** A top-level member of two tenants who works in the first. */
  const inTwo = async () => {
    const person = await t.given.tenant();
    const other = (await create(person.client)).body;
    return { person, other };
  };

  /** A member of a tenant that another person leads, and of no other. */
  const onlyMember = async () => {
    const owner = await t.given.tenant();
    return { owner, member: await t.given.member(owner, 'user') };
  };

  describe('list', () => {
    it('is a bare array with the roles there and the active one marked, in the order of joining', async () => {
      const owner = await t.given.tenant();
      const { person, other } = await inTwo();
      await t.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [person.user.id]);
      const { token } = await t.given.invitation(owner, { role: 'manager', email: person.email });
      expect((await person.client.post('/auth/invite/accept', { token })).status).toBe(201);

      expect(await list(person.client)).toEqual([
        {
          id: person.tenant.id,
          name: person.tenant.companyName,
          slug: person.tenant.slug,
          businessType: null,
          role: 'admin',
          roleLevel: 100,
          active: true,
        },
        { ...other, active: false },
        expect.objectContaining({ id: owner.tenant.id, role: 'manager', roleLevel: 50, active: false }),
      ]);
    });

    it('leaves out organisations that are suspended, or in which the person is', async () => {
      const { person, other } = await inTwo();
      await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE tenant_id = $1`, [other.id]);
      expect((await list(person.client)).map(({ id }) => id)).toEqual([person.tenant.id]);
      await t.database.query(`UPDATE memberships SET status = 'active' WHERE tenant_id = $1`, [other.id]);
      await t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [other.id]);
      expect((await list(person.client)).map(({ id }) => id)).toEqual([person.tenant.id]);
    });
  });

  describe('create', () => {
    it('makes the person its administrator, and leaves the session in its organisation', async () => {
      const person = await t.given.tenant();
      const name = `Company ${unique()}`;
      const { status, body } = await create(person.client, { name, businessType: 'RETAILER' });
      expect(status).toBe(201);
      const expected = { name, businessType: 'RETAILER', role: 'admin', roleLevel: 100, active: false };
      expect(body).toEqual({ ...expected, id: body.id, slug: name.toLowerCase().replace(' ', '-') });
      expect((await person.client.get('/auth/me')).body.tenant.id).toBe(person.tenant.id);
    });

    it('refuses a name that is taken', async () => {
      const person = await t.given.tenant();
      const reply = await create(person.client, { name: person.tenant.companyName });
      expect(reply).toBeProblem('company_name_taken');
      expect(reply.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/name']);
    });

    it('creates one in twenty parallel requests with one name', async () => {
      const person = await t.given.tenant();
      const name = `Company ${unique()}`;
      const replies = await burst(20, () => create(person.client, { name }));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 1, 409: 19 });
      expect(await list(person.client)).toHaveLength(2);
    });

    it.each([
      [{}],
      [{ name: '' }],
      [{ name: 'https://evil.example' }],
      [{ name: 'x', role: 'admin' }],
      [{ name: 1 }],
    ])('refuses %j', async (body) => {
      expect(await create((await t.given.tenant()).client, body)).toBeProblem('validation_failed');
    });
  });

  describe('switch', () => {
    it('moves the session, with new tokens', async () => {
      const { person, other } = await inTwo();
      const { status, body } = await switchTo(person.client, other.id);
      expect(status).toBe(200);
      expect(body.tenant).toEqual({ id: other.id, slug: other.slug, companyName: other.name });
      expect((await me(body.accessToken)).body.tenant.id).toBe(other.id);
      expect((await list(t.client(body.accessToken))).find(({ active }) => active)?.id).toBe(other.id);

      const sessions = (await t.client(body.accessToken).get('/auth/sessions')).body.data;
      expect(sessions.map(({ current }) => current)).toEqual([true]);
      const refreshed = (await refresh(body.refreshToken)).body;
      expect((await me(refreshed.accessToken)).body.tenant.id).toBe(other.id);
    });

    it('revokes the old access token at once', async () => {
      const { person, other } = await inTwo();
      await switchTo(person.client, other.id);
      expect(await person.client.get('/auth/me')).toBeProblem('access_token_invalid');
    });

    it('revokes the old refresh token at once, and treats a late use of it as theft', async () => {
      const { person, other } = await inTwo();
      const { body } = await switchTo(person.client, other.id);
      expect(await refresh(person.refreshToken)).toBeProblem('refresh_token_invalid');
      // A client that refreshed and switched at the same time is not treated as a thief
      expect((await me(body.accessToken)).status).toBe(200);

      await t.database.pass(REFRESH_GRACE_SECONDS + 1);
      expect(await refresh(person.refreshToken)).toBeProblem('refresh_token_invalid');
      expect(await me(body.accessToken)).toBeProblem('access_token_invalid');
      expect(await refresh(body.refreshToken)).toBeProblem('refresh_token_invalid');
    });

    it('leaves the other sessions where they are', async () => {
      const { person, other } = await inTwo();
      const elsewhere = await t.given.login(person);
      await switchTo(person.client, other.id);
      expect((await elsewhere.client.get('/auth/me')).body.tenant.id).toBe(person.tenant.id);
    });

    it('makes it the one that the next sign-in opens', async () => {
      const { person, other } = await inTwo();
      await switchTo(person.client, other.id);
      const { body } = await t.post('/auth/login', { email: person.email, password: person.password });
      expect(body.tenant.id).toBe(other.id);
    });

    it('grants the permissions of the role there, and withdraws those of the role here', async () => {
      const { member } = await onlyMember();
      const own = (await create(member.client)).body;
      const there = (await switchTo(member.client, own.id)).body;
      expect((await me(there.accessToken)).body).toMatchObject({ role: 'admin', roleLevel: 100 });
      const back = (await switchTo(t.client(there.accessToken), member.tenant.id)).body;
      const { body } = await me(back.accessToken);
      expect([body.role, body.permissions.invitations?.create]).toEqual(['user', false]);
    });

    it('does not find an organisation of another person, or one the person may not enter now', async () => {
      const { person, other } = await inTwo();
      const stranger = await t.given.tenant();
      await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE tenant_id = $1`, [other.id]);
      const replies: Reply[] = [];
      for (const id of [randomUUID(), stranger.tenant.id, other.id]) {
        replies.push(await switchTo(person.client, id));
      }
      for (const reply of replies) expect(reply).toBeProblem('not_found');
      const bodies = replies.map(({ body }) => ({ ...body, instance: null }));
      expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
      expect((await person.client.get('/auth/me')).status).toBe(200);
    });

    it('happens once in twenty parallel requests with one token', async () => {
      const { person, other } = await inTwo();
      const targets = [person.tenant.id, other.id];
      const replies = await burst(20, (index) => switchTo(person.client, targets[index % 2] ?? other.id));
      expect(countBy(replies, ({ status }) => status)).toEqual({ 200: 1, 401: 19 });
      const winner = replies.find(({ status }) => status === 200);
      expect((await me(winner?.body.accessToken ?? '')).status).toBe(200);
      expect((await refresh(winner?.body.refreshToken ?? '')).status).toBe(200);
    });

    it('and a refresh at once leave one live session', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { person, other } = await inTwo();
        const [switched, refreshed] = await Promise.all([
          switchTo(person.client, other.id),
          refresh(person.refreshToken),
        ]);
        expect(switched.status).toBe(200);
        expect([200, 401]).toContain(refreshed.status);
        expect((await me(switched.body.accessToken)).status).toBe(200);
      }
    });

    it.each([[{}], [{ orgId: 'x' }], [{ orgId: randomUUID(), role: 'admin' }], [{ tenantId: randomUUID() }]])(
      'refuses %j',
      async (body) => {
        const { client } = await t.given.tenant();
        expect(await client.post('/users/me/switch-org', body)).toBeProblem('validation_failed');
      },
    );
  });

  describe('leave', () => {
    it('ends the membership and the sessions that work there, at once', async () => {
      const { owner, member } = await onlyMember();
      const other = await t.given.login(member);
      expect((await leave(member.client, owner.tenant.id)).status).toBe(204);
      for (const account of [member, other]) {
        expect(await account.client.get('/auth/me')).toBeProblem('access_token_invalid');
        expect(await refresh(account.refreshToken)).toBeProblem('refresh_token_invalid');
      }
      expect((await owner.client.get('/auth/me')).status).toBe(200);
    });

    it('leaves the sessions that work elsewhere', async () => {
      const { owner, member } = await onlyMember();
      const own = (await create(member.client)).body;
      const { accessToken } = (await switchTo(member.client, own.id)).body;
      expect((await leave(t.client(accessToken), owner.tenant.id)).status).toBe(204);
      expect((await list(t.client(accessToken))).map(({ id }) => id)).toEqual([own.id]);
      expect(await switchTo(t.client(accessToken), owner.tenant.id)).toBeProblem('not_found');
    });

    it('is refused to the last top-level member, alone or with others below', async () => {
      const { owner, member } = await onlyMember();
      expect(await leave(owner.client, owner.tenant.id)).toBeProblem('last_owner');
      expect((await owner.client.get('/auth/me')).status).toBe(200);
      expect((await member.client.get('/auth/me')).status).toBe(200);
    });

    it('does not count a suspended peer', async () => {
      const owner = await t.given.tenant();
      const peer = await t.given.member(owner, 'admin');
      await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE user_id = $1`, [
        peer.user.id,
      ]);
      expect(await leave(owner.client, owner.tenant.id)).toBeProblem('last_owner');
    });

    it('never removes the last top-level member, however many leave at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const owner = await t.given.tenant();
        const peers = [await t.given.member(owner, 'admin'), await t.given.member(owner, 'admin')];
        const everybody = [owner, ...peers, owner, ...peers];
        const replies = await burst(6, (index) =>
          leave((everybody[index] as Account).client, owner.tenant.id),
        );
        const counts = countBy(replies, ({ status }) => status);
        expect(counts[204]).toBe(2);
        expect(Object.keys(counts).every((status) => ['204', '401', '404', '409'].includes(status))).toBe(
          true,
        );
        const left = await t.database.query('SELECT 1 FROM memberships WHERE tenant_id = $1', [
          owner.tenant.id,
        ]);
        expect(left).toHaveLength(1);
      }
    });

    it('and a switch there at once end in one or the other', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { owner, member } = await onlyMember();
        const own = (await create(member.client)).body;
        const { accessToken } = (await switchTo(member.client, own.id)).body;
        const second = await t.given.login(member);
        const [left, switched] = await Promise.all([
          leave(second.client, owner.tenant.id),
          switchTo(t.client(accessToken), owner.tenant.id),
        ]);
        expect(left.status).toBe(204);
        expect([200, 404]).toContain(switched.status);
        if (switched.status === 200) expect((await me(switched.body.accessToken)).status).toBe(401);
      }
    });

    it('prevails over a switch that was requested while it was running', async () => {
      const { person, other } = await inTwo();
      await t.database.query('BEGIN');
      await t.database.query('DELETE FROM memberships WHERE tenant_id = $1', [other.id]);
      const switching = switchTo(person.client, other.id);
      await untilWaitedFor(t.database);
      await t.database.query('COMMIT');
      expect(await switching).toBeProblem('not_found');
      expect((await person.client.get('/auth/me')).status).toBe(200);
    });

    it('does not find an organisation of another person', async () => {
      const [person, stranger] = [await t.given.tenant(), await t.given.tenant()];
      expect(await leave(person.client, stranger.tenant.id)).toBeProblem('not_found');
      expect(await leave(person.client, randomUUID())).toBeProblem('not_found');
      expect(await leave(person.client, 'mine')).toBeProblem('validation_failed');
    });
  });

  describe('are none for a person who left the only one, and that person', () => {
    const alone = async () => {
      const { owner, member } = await onlyMember();
      await leave(member.client, owner.tenant.id);
      const { email, password } = member;
      const { status, body } = await t.post('/auth/login', { email, password });
      expect(status).toBe(200);
      return { ...member, client: t.client(body.accessToken), body };
    };

    it('signs in, to a session without a tenant', async () => {
      const { client, body } = await alone();
      expect([body.tenant, body.user.role]).toEqual([null, null]);
      expect((await client.get('/auth/me')).body).toMatchObject({
        tenant: null,
        role: null,
        permissions: {},
      });
      expect(await list(client)).toEqual([]);
      const invite = await client.post('/auth/invite', { email: 'a@example.com', role: 'user' });
      expect(invite).toBeProblem('no_active_tenant');
      expect((await refresh(body.refreshToken)).status).toBe(200);
    });

    it('creates one, and switches to it', async () => {
      const { client } = await alone();
      const { body } = await create(client);
      const switched = await switchTo(client, body.id);
      expect(switched.body.user.role).toBe('admin');
    });

    it('accepts an invitation', async () => {
      const { client, email } = await alone();
      const owner = await t.given.tenant();
      const { token } = await t.given.invitation(owner, { email });
      const { status, body } = await client.post('/auth/invite/accept', { token });
      expect([status, body.tenant.id]).toEqual([201, owner.tenant.id]);
    });

    it('can be invited back and join with their password', async () => {
      const { email } = await alone();
      const owner = await t.given.tenant();
      const { token } = await t.given.invitation(owner, { email });
      expect((await t.post('/auth/invite/accept', { token, password: PASSWORD })).status).toBe(201);
    });
  });

  it('are recorded in the audit trail', async () => {
    const { owner, member } = await onlyMember();
    const own = (await create(member.client)).body;
    const { accessToken } = (await switchTo(member.client, own.id)).body;
    await leave(t.client(accessToken), owner.tenant.id);
    const events = await t.database.query<{ action: string; tenant_id: string }>(
      'SELECT action, tenant_id FROM audit_events WHERE actor_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT 3',
      [member.user.id],
    );
    expect(events.map((event) => [event.action, event.tenant_id])).toEqual([
      ['membership.left', owner.tenant.id],
      ['session.switched', own.id],
      ['tenant.created', own.id],
    ]);
  });
});
