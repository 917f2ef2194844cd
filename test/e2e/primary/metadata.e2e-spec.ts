import { uniqueEmail } from '../../support/given.js';
import { MEMBERS } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const ME = '/auth/me';
const TENANT = '/tenants/current';

interface Described {
  locale: string | null;
  timeZone: string | null;
  metadata: { public: object; private?: object };
}

interface Exported {
  sections: { profile: object; memberships: object[] };
}

describe('language, time zone and metadata', () => {
  const t = useSharedApp();

  it('of a person are changed by the person, in canonical form, and removed by null', async () => {
    const { client } = await t.given.tenant();
    const untouched = await client.get<Described>(ME);
    expect(untouched.body).toMatchObject({ locale: null, timeZone: null, metadata: { public: {} } });

    const chosen = { theme: 'dark', toString: 1, list: [{ a: null }] };
    const changes = { locale: 'EN-in', timeZone: 'Asia/Kolkata', metadata: { public: chosen } };
    const { status, body } = await client.patch<Described>(ME, changes);
    expect([status, body.locale, body.timeZone]).toEqual([200, 'en-IN', 'Asia/Kolkata']);
    expect((await client.get<Described>(ME)).body.metadata).toEqual({ public: chosen });

    await client.patch(ME, { locale: null, metadata: { public: { theme: 'light' } } });
    const { locale, timeZone, metadata } = (await client.get<Described>(ME)).body;
    expect({ locale, timeZone, metadata }).toEqual({
      locale: null,
      timeZone: 'Asia/Kolkata',
      metadata: { public: { theme: 'light' } },
    });
  });

  it.each([
    ['no language', { locale: 'english' }, '#/locale'],
    ['no time zone', { timeZone: '+05:30' }, '#/timeZone'],
    ['a list', { metadata: { public: [] } }, '#/metadata/public'],
    ['null', { metadata: { public: null } }, '#/metadata/public'],
    ['too much', { metadata: { public: { a: 'x'.repeat(4096) } } }, '#/metadata/public'],
    ['a constructor', { metadata: { public: { constructor: 1 } } }, '#/metadata/public/constructor'],
    ['a constructor as a part', { metadata: { constructor: 1 } }, '#/metadata/constructor'],
    ['a private part of the person’s own', { metadata: { private: {} } }, '#/metadata/private'],
  ])('refuse %s', async (_, changes, pointer) => {
    const { client } = await t.given.tenant();
    const { status, body } = await client.patch<{ errors: { pointer: string }[] }>(ME, changes);
    expect(status).toBe(400);
    expect(body.errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('of a member have a private part of each organisation, which the member does not see', async () => {
    const [owner, other] = [await t.given.tenant(), await t.given.tenant()];
    const email = uniqueEmail('shared');
    const member = await t.given.member(owner, 'user', email);
    const path = `${MEMBERS}/${member.user.id}`;
    await member.client.patch(ME, { locale: 'hi', metadata: { public: { nick: 'mm' } } });

    const changed = await owner.client.patch<Described>(path, { metadata: { private: { crmId: 'c-1' } } });
    expect(changed.body).toMatchObject({
      locale: 'hi',
      metadata: { public: { nick: 'mm' }, private: { crmId: 'c-1' } },
    });
    expect((await owner.client.get<Described>(path)).body.metadata.private).toEqual({ crmId: 'c-1' });

    const own = await member.client.get<Described>(path);
    expect(own.body.metadata).toEqual({ public: { nick: 'mm' } });
    expect((await member.client.get<Described>(ME)).body.metadata).toEqual({ public: { nick: 'mm' } });
    expect((await member.client.patch(path, { metadata: { private: {} } })).status).toBe(403);
    expect((await other.client.patch(path, { metadata: { private: {} } })).status).toBe(404);
    expect((await owner.client.patch(path, { metadata: { public: {} } })).status).toBe(400);
  });

  it('of an organisation are read by who may see its settings, the private part by who may change them', async () => {
    const owner = await t.given.tenant();
    const manager = await t.given.member(owner, 'manager');
    const metadata = { public: { plan: 'gold' }, private: { crmId: '4711' } };
    const changes = { locale: 'hi-in', timeZone: 'Asia/Kolkata', metadata };
    const changed = await owner.client.patch<Described>(TENANT, changes);
    expect(changed.body).toMatchObject({ ...changes, locale: 'hi-IN' });

    expect((await manager.client.get<Described>(TENANT)).body).toMatchObject({ locale: 'hi-IN' });
    expect((await manager.client.get<Described>(TENANT)).body.metadata).toEqual({ public: { plan: 'gold' } });
    expect((await owner.client.get<Described>(TENANT)).body.metadata).toEqual(metadata);

    await owner.client.patch(TENANT, { timeZone: null, metadata: { public: {} } });
    expect((await owner.client.get<Described>(TENANT)).body).toMatchObject({
      timeZone: null,
      metadata: { public: {}, private: { crmId: '4711' } },
    });
  });

  it('of a person are in the export of their data, those of every organisation included', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    await member.client.patch(ME, { timeZone: 'Asia/Kolkata', metadata: { public: { nick: 'mm' } } });
    const path = `${MEMBERS}/${member.user.id}`;
    await owner.client.patch(path, { metadata: { private: { crmId: 'c-1' } } });

    const { body } = await member.client.post<Exported>('/users/me/export', {});
    expect(body.sections.profile).toMatchObject({
      locale: null,
      timeZone: 'Asia/Kolkata',
      publicMetadata: { nick: 'mm' },
    });
    expect(body.sections.memberships).toEqual([
      expect.objectContaining({ privateMetadata: { crmId: 'c-1' } }),
    ]);
  });

  it('of an account that somebody else verifies are those of nobody before', async () => {
    const claimed = await t.given.unverifiedTenant();
    await claimed.client.patch(ME, {
      locale: 'hi',
      timeZone: 'UTC',
      metadata: { public: { note: 'pay me' } },
    });
    const [token, newPassword] = [await t.given.resetToken(claimed), 'difference engine no 2'];
    expect((await t.client().post('/auth/reset-password', { token, newPassword })).status).toBe(200);

    const owner = await t.given.login({ ...claimed, password: newPassword });
    expect((await owner.client.get<Described>(ME)).body).toMatchObject({
      locale: null,
      timeZone: null,
      metadata: { public: {} },
    });
  });
});
