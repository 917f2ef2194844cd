import { type ApiKeyAnswer, ApiKeys, bytesOf, NEVER_ISSUED } from '../../support/api-keys.js';
import { createAppBehindProxy } from '../../support/app-behind-proxy.js';
import { burst, countBy } from '../../support/burst.js';
import { type Account, NEW_PASSWORD } from '../../support/given.js';
import { useSharedApp } from '../../support/test-app.js';

const LEADS = ['leads.view', 'leads.create', 'leads.edit', 'leads.delete'];

describe('an API key in use', () => {
  const t = useSharedApp();
  const keys = new ApiKeys(t);
  let owner: Account;
  const authorize = async (key: string, resource: string, action: string) =>
    (await t.client(key).post<{ allowed: boolean; reason: string }>('/auth/authorize', { resource, action }))
      .body;

  beforeAll(async () => {
    owner = await t.given.tenant();
  });

  it('is a bearer token or an X-API-Key, and acts for its owner within its scopes', async () => {
    const { id, key, expiresAt } = await keys.create(owner, { name: 'Robot', scopes: ['leads.view'] });
    const asBearer = await t.client(key).get('/auth/me');
    const asHeader = await keys.use(key);
    expect([asBearer.status, asHeader.status]).toEqual([200, 200]);
    expect(asBearer.body).toEqual(asHeader.body);
    expect(asBearer.body).toMatchObject({
      id: owner.user.id,
      email: owner.email,
      role: 'admin',
      tenant: { id: owner.tenant.id },
      apiKey: { id, name: 'Robot', scopes: ['leads.view'], expiresAt },
      permissions: {
        leads: { view: true, create: false, edit: false, delete: false },
        members: { view: false, edit: false, delete: false },
        apiKeys: { view: false, create: false, edit: false, delete: false },
      },
    });
  });

  it('is never returned where a person reads their own profile', async () => {
    expect((await owner.client.get('/auth/me')).body).not.toHaveProperty('apiKey');
  });

  it('is accepted in the headers only', async () => {
    const { key } = await keys.create(owner);
    for (const path of [
      `/auth/me?api_key=${key}`,
      `/auth/me?access_token=${key}`,
      `/auth/me?apiKey=${key}`,
    ]) {
      expect(await t.get(path)).toBeProblem('authentication_required');
    }
    const body = { resource: 'leads', action: 'view' };
    expect(await t.post('/auth/authorize', { ...body, apiKey: key })).toBeProblem('authentication_required');
    const headers = { cookie: `api_key=${key}` };
    expect(await t.get('/auth/me', { headers })).toBeProblem('authentication_required');
  });

  it('is the only credential of its request', async () => {
    const { key } = await keys.create(owner);
    const both = [owner.accessToken, key, 'x'].map((token) =>
      t.client(token).get('/auth/me', { headers: { 'x-api-key': key } }),
    );
    for (const reply of await Promise.all(both)) expect(reply).toBeProblem('malformed_request');
  });

  describe('that is invalid', () => {
    const made = (body = {}) => keys.create(owner, body);
    const bad: Record<string, () => Promise<string>> = {
      'never issued': async () => NEVER_ISSUED,
      revoked: async () => {
        const { id, key } = await made();
        await owner.client.delete(`/auth/api-keys/${id}`);
        return key;
      },
      expired: async () => {
        const { id, key } = await made();
        await t.database.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [id]);
        return key;
      },
      'of a wrong address': async () => (await made({ allowedAddresses: ['192.0.2.1'] })).key,
      'of a suspended member': async () => {
        const member = await t.given.member(owner, 'manager');
        const { key } = await keys.create(member);
        await t.database.query(`UPDATE memberships SET status = 'suspended' WHERE user_id = $1`, [
          member.user.id,
        ]);
        return key;
      },
      'of a removed member': async () => {
        const member = await t.given.member(owner, 'manager');
        const { key } = await keys.create(member);
        await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
        return key;
      },
      'of a closed account': async () => {
        const member = await t.given.member(owner, 'manager');
        const { key } = await keys.create(member);
        await t.database.query(`UPDATE users SET status = 'closed', email = NULL WHERE id = $1`, [
          member.user.id,
        ]);
        return key;
      },
      'of a suspended organisation': async () => {
        const other = await t.given.tenant();
        const { key } = await keys.create(other);
        await t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [other.tenant.id]);
        return key;
      },
      truncated: async () => (await made()).key.slice(0, -1),
      'truncated to a fragment': async () => (await made()).key.slice(0, 12),
      'one character too long': async () => `${(await made()).key}0`,
      'in another letter case': async () => (await made()).key.toUpperCase(),
      'sent twice in one': async () => await made().then(({ key }) => `${key},${key}`),
    };

    it.each(Object.keys(bad))('is refused like any other: %s', async (which) => {
      const key = (await bad[which]?.()) ?? '';
      const expected = bytesOf(await t.client('sk_live_x').get('/auth/me'));
      const replies = [await t.client(key).get('/auth/me'), await keys.use(key)];
      for (const reply of replies) {
        expect(reply).toBeProblem('api_key_invalid');
        expect(bytesOf(reply)).toBe(expected);
      }
    });

    it('is refused like any other with any one character changed', async () => {
      const { key } = await made();
      const expected = bytesOf(await keys.use(NEVER_ISSUED));
      const client = t.client();
      for (let index = 0; index < key.length; index += 1) {
        const wrong = `${key.slice(0, index)}${key[index] === 'q' ? 'r' : 'q'}${key.slice(index + 1)}`;
        expect(bytesOf(await keys.use(wrong, client))).toBe(expected);
        expect(bytesOf(await client.get('/auth/me', { token: wrong }))).toBe(expected);
      }
    });

    it('is refused like any other cut at its beginning, or with one character left out or doubled', async () => {
      // Its parts are random, too: none may begin as another kind of token does, which is refused as one
      let key: string;
      do ({ key } = await made());
      while (key.includes('eyJ'));
      const expected = bytesOf(await keys.use(NEVER_ISSUED));
      const client = t.client();
      const cuts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 40].map((cut) => key.slice(cut));
      const slips = Array.from({ length: 10 }, (_, index) => [
        `${key.slice(0, index)}${key.slice(index + 1)}`,
        `${key.slice(0, index)}${key.charAt(index)}${key.slice(index)}`,
      ]);
      for (const wrong of [...cuts, ...slips.flat()]) {
        expect(bytesOf(await keys.use(wrong, client))).toBe(expected);
        expect(bytesOf(await client.get('/auth/me', { token: wrong }))).toBe(expected);
      }
    });

    it('is refused without the reason', async () => {
      const expected = bytesOf(await keys.use(NEVER_ISSUED));
      const { accessToken } = owner;
      const open = await t.client(NEVER_ISSUED).post('/auth/authorize', { resource: 'x', action: 'y' });
      const closed = await t.client(NEVER_ISSUED).get('/auth/sessions');
      for (const reply of [open, closed]) expect(bytesOf(reply)).toBe(expected);
      // The body has the credential, and a stale key beside it is ignored
      expect(await t.client(NEVER_ISSUED).post('/auth/invite/accept', { token: 'x' })).toBeProblem(
        'invitation_not_found',
      );
      expect((await t.client(accessToken).get('/auth/me')).status).toBe(200);
    });
  });

  describe('is limited by its owner’s rights at each request', () => {
    it('which end with a demotion, and return with a promotion', async () => {
      const manager = await t.given.member(owner, 'manager');
      const { key } = await keys.create(manager, { scopes: LEADS });
      expect(await authorize(key, 'leads', 'delete')).toEqual({ allowed: true, reason: null });

      await keys.setRole(manager, 'user');
      expect(await authorize(key, 'leads', 'delete')).toEqual({
        allowed: false,
        reason: 'permission_missing',
      });
      expect((await keys.use(key)).body.permissions.leads).toEqual({
        view: true,
        create: true,
        edit: true,
        delete: false,
      });

      await keys.setRole(manager, 'admin');
      expect(await authorize(key, 'leads', 'delete')).toEqual({ allowed: true, reason: null });
      // Frozen when it was created
      expect(await authorize(key, 'auditEvents', 'view')).toEqual({
        allowed: false,
        reason: 'scope_missing',
      });
    });

    it('and not by their sessions or password', async () => {
      const person = await t.given.tenant();
      const { key } = await keys.create(person);
      await person.client.post('/auth/change-password', {
        currentPassword: person.password,
        newPassword: NEW_PASSWORD,
      });
      await person.client.post('/auth/logout', { all: true });
      expect(await keys.isGood(key)).toBe(true);
    });

    it('and stays revoked when a member who was removed joins again', async () => {
      const member = await t.given.member(owner, 'manager');
      const { key } = await keys.create(member);
      await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
      const { token } = await t.given.invitation(owner, { role: 'manager', email: member.email });
      await t.post('/auth/invite/accept', { token, password: member.password });
      expect(await keys.isGood(key)).toBe(false);
    });
  });

  it('is suspended while the tenant requires a second factor that the owner does not have', async () => {
    const other = await t.given.tenant();
    const { key } = await keys.create(other);
    await keys.setPolicy(other, 'require_two_factor');
    expect(await keys.isGood(key)).toBe(false);
    await t.database.query(`INSERT INTO totp_factors (user_id, seed_encrypted) VALUES ($1, '')`, [
      other.user.id,
    ]);
    expect(await keys.isGood(key)).toBe(false);
    await t.database.query('UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1', [
      other.user.id,
    ]);
    expect(await keys.isGood(key)).toBe(true);
  });

  describe('with a list of addresses', () => {
    it('works from these, whatever the headers say, and from no other', async () => {
      const client = t.client();
      const { key } = await keys.create(owner, { allowedAddresses: ['192.0.2.0/24', client.address] });
      expect((await keys.use(key, client)).status).toBe(200);
      const forged = { 'x-forwarded-for': client.address, forwarded: `for=${client.address}` };
      const reply = await t.get('/auth/me', { headers: { ...forged, 'x-api-key': key } });
      expect(reply).toBeProblem('api_key_invalid');
    });

    it('accepts blocks of both families, in one notation', async () => {
      const allowedAddresses = ['127.0.0.0/8', '::ffff:10.0.0.0/104', '2001:DB8:0::/32'];
      const made = await keys.create(owner, { allowedAddresses });
      expect(made.allowedAddresses).toEqual(['127.0.0.0/8', '10.0.0.0/8', '2001:db8::/32']);
      expect(await keys.isGood(made.key)).toBe(true);
      const { key } = await keys.create(owner, { allowedAddresses: ['::/0'] });
      expect(await keys.isGood(key)).toBe(false);
    });
  });

  it('never gets the identity of another key, in a hundred parallel requests', async () => {
    const owners = await burst(5, () => t.given.tenant());
    const made = await burst(5, (index) => keys.create(owners[index] ?? owner));
    const replies = await burst(100, async (index) => {
      const { body } = await keys.use(made[index % 5]?.key ?? '');
      return body.id === owners[index % 5]?.user.id;
    });
    expect(countBy(replies, String)).toEqual({ true: 100 });
  });

  it('is not written to the log', async () => {
    const { key } = await keys.create(owner);
    await keys.use(key);
    await t.client(key).get('/auth/sessions');
    await keys.use(key.slice(0, -1));
    expect(await t.writtenLog()).not.toContain(key.slice(8, 30));
  });
});

describe('while the database is away', () => {
  const { t, cut, restore } = createAppBehindProxy();
  const keys = new ApiKeys(t);

  it('a typo, a fragment or a foreign text is still refused as invalid, by its text alone', async () => {
    const made: ApiKeyAnswer = await keys.create(await t.given.tenant());
    const expected = bytesOf(await keys.use(NEVER_ISSUED));
    cut();
    const swapped = made.key.slice(0, 20) + (made.key[20] === 'q' ? 'r' : 'q') + made.key.slice(21);
    for (const text of [swapped, made.key.slice(0, -1), made.key.slice(0, 9), 'Zm9yZWlnbg', '']) {
      expect(bytesOf(await keys.use(text))).toBe(expected);
    }
    for (const text of [made.key, NEVER_ISSUED]) {
      expect(await keys.use(text)).toBeProblem('service_unavailable');
    }
    restore();
  });
});
