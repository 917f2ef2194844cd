import { AccountDeletions } from '../../support/account-deletions.js';
import { ApiKeys } from '../../support/api-keys.js';
import { eventsOf } from '../../support/audit.js';
import { type Account, NEW_PASSWORD, PASSWORD } from '../../support/given.js';
import { at as katixo, Katixo } from '../../support/katixo.js';
import { Phones } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const WRONG = 'Wrong-Guess-19-Harbor';

/** Every path of a tenant that takes the id of a person. */
const ABOUT_A_PERSON: [method: string, path: string, body?: object][] = [
  ['GET', ''],
  ['PATCH', '', { role: 'user' }],
  ['POST', '/suspend'],
  ['POST', '/restore'],
  ['DELETE', '/sessions'],
  ['DELETE', ''],
];

describe('the audit trail of a tenant', () => {
  const t = useSharedApp({ LOGIN_FAILURES_BEFORE_DELAY: '2' });
  const k = new Katixo(t);
  const phones = new Phones(t);
  const deletions = new AccountDeletions(t);

  interface Row {
    tenant_id: string;
    action: string;
    actor_kind: string;
    actor_id: string | null;
    target_id: string | null;
    row: string;
  }

  /** Once no event of it waits to be written: sums of denials are written when the server stops. */
  const trails = async (): Promise<Row[]> => {
    await t.server.restart();
    return t.database.query<Row>(
      `SELECT tenant_id, action, actor_kind, actor_id, target_id, to_jsonb(a)::text AS row
       FROM audit_events a WHERE tenant_id IS NOT NULL`,
    );
  };
  const signInTo = async (slug: string, { email }: Pick<Account, 'email'>) => {
    for (const password of [WRONG, PASSWORD, WRONG, WRONG, PASSWORD])
      await t.post('/auth/login', { tenantSlug: slug, email, password });
    await t.post('/auth/forgot-password', { email, tenantSlug: slug });
  };
  const tryInvitation = async (token: string, other: Account) => {
    for (const password of [WRONG, WRONG, WRONG, undefined]) {
      await t.post('/auth/invite/accept', { token, password });
      await t.post(katixo('/auth/invite/accept'), { token, password });
    }
    await other.client.post('/auth/invite/accept', { token });
    await other.client.post(katixo('/auth/invite/accept'), { token });
  };

  it('names no stranger, whatever strangers do at the tenant and its members do about them', async () => {
    const others = new Set(
      (await t.database.query<{ id: string }>('SELECT id FROM tenants')).map(({ id }) => id),
    );
    const owner = await t.given.verifiedTenant();
    const { slug, id: tenantId } = owner.tenant;
    const stranger = await t.given.verifiedTenant();
    const byPhone = await phones.account();
    const protectedOne = await new TwoFactor(t).owner();
    const gone = await t.given.verifiedTenant();
    const strangers = [stranger.user.id, byPhone.userId, protectedOne.user.id, gone.user.id];

    for (const one of [stranger, protectedOne, gone]) await signInTo(slug, one);
    for (const password of [WRONG, PASSWORD, WRONG, WRONG])
      await t.post('/auth/login', { tenantSlug: slug, phone: byPhone.phone, password });
    await t.post('/auth/forgot-password', { phone: byPhone.phone, tenantSlug: slug });

    const { token } = await t.given.invitation(owner, { email: stranger.email });
    await tryInvitation(token, protectedOne);
    const kOwner = await k.owner();
    await tryInvitation(await k.invitation(kOwner, byPhone.phone), stranger);

    await stranger.client.post('/users/me/switch-org', { orgId: tenantId });
    await stranger.client.delete(`/users/me/organisations/${tenantId}`);
    await stranger.client.post('/users/me/organisations', { name: owner.tenant.companyName });
    for (const userId of strangers) {
      for (const [method, path, body] of ABOUT_A_PERSON)
        await owner.client.send(method, `/tenants/current/members/${userId}${path}`, body);
      await owner.client.post('/tenants/current/transfer', { memberId: userId });
    }
    await deletions.left(gone.client);
    await deletions.restore(await deletions.token(gone.email));

    const rows = await trails();
    const [atKatixo] = rows.filter(({ actor_id: actor }) => actor === kOwner.userId);
    const own = rows.filter((row) => [tenantId, atKatixo?.tenant_id].includes(row.tenant_id));
    expect(new Set(own.map((row) => row.tenant_id)).size).toBe(2);
    expect(own.some(({ action }) => action === 'sign_in.refused')).toBe(true);
    expect(own.some(({ action }) => action === 'attempts.exceeded')).toBe(true);
    for (const { row } of own) for (const id of strangers) expect(row).not.toContain(id);
    expect(await eventsOf(owner.client, { targetId: stranger.user.id })).toEqual([]);
    await expectMembersOnly(
      rows.filter((row) => !others.has(row.tenant_id)),
      [],
    );
  });

  it('names its present and former members, and nobody else', async () => {
    const owner = await t.given.verifiedTenant();
    const { slug } = owner.tenant;
    const [member, removed, left] = [
      await t.given.member(owner),
      await t.given.member(owner, 'manager'),
      await t.given.member(owner),
    ];
    const { key } = await new ApiKeys(t).create(removed);
    await owner.client.delete(`/tenants/current/members/${removed.user.id}`);
    await left.client.delete(`/users/me/organisations/${owner.tenant.id}`);
    await new ApiKeys(t).use(key);
    for (const one of [member, removed, left]) {
      await one.client.post('/auth/refresh', { refreshToken: one.refreshToken });
      await one.client.post('/auth/refresh', { refreshToken: one.refreshToken });
      await signInTo(slug, one);
    }

    const rows = (await trails()).filter(({ tenant_id }) => tenant_id === owner.tenant.id);
    const about = (action: string) => rows.filter((row) => row.action === action);
    const [removal] = about('member.removed');
    expect([removal?.actor_id, removal?.target_id]).toEqual([owner.user.id, removed.user.id]);
    const [leave] = about('membership.left');
    expect([leave?.actor_id, leave?.target_id]).toEqual([left.user.id, left.user.id]);
    const refused = new Set(
      [...about('sign_in.refused'), ...about('attempts.exceeded')].map(({ target_id }) => target_id),
    );
    expect(refused).toEqual(new Set([member.user.id, null]));
    await expectMembersOnly(rows, [removed.user.id, left.user.id]);
  });

  it('names a person who joins by an invitation from their first act on', async () => {
    const owner = await t.given.verifiedTenant();
    const member = await t.given.member(owner);
    const events = await eventsOf(owner.client, { targetId: member.user.id });
    expect(events.map(({ action, actor }) => [action, actor.id])).toContainEqual([
      'user.created',
      member.user.id,
    ]);
  });

  it('records that an invitation was tried, and not by whom', async () => {
    const owner = await t.given.verifiedTenant();
    const stranger = await t.given.verifiedTenant();
    const { id, token } = await t.given.invitation(owner, { email: stranger.email });
    const reply = await t.post('/auth/invite/accept', { token, password: NEW_PASSWORD });
    expect(reply).toBeProblem('invalid_credentials');
    const [event] = await eventsOf(owner.client, { action: 'sign_in.refused' });
    expect(event).toMatchObject({
      actor: { kind: 'anonymous', id: null },
      target: { kind: 'invitation', id },
      requestId: reply.body.instance,
    });
  });

  /** Each person that a tenant's trail names is a member of it, or one of these former members. */
  const expectMembersOnly = async (rows: Row[], former: string[]) => {
    const found = await t.database.query<{ tenant_id: string; user_id: string }>(
      'SELECT tenant_id, user_id FROM memberships',
    );
    const members = new Set(found.map((one) => `${one.tenant_id} ${one.user_id}`));
    const people = await t.database.query<{ id: string }>('SELECT id FROM users');
    for (const { row, tenant_id: tenantId } of rows) {
      const named = people.filter(({ id }) => row.includes(id)).map(({ id }) => id);
      for (const id of named)
        if (!former.includes(id))
          expect({ row, known: members.has(`${tenantId} ${id}`) }).toEqual({ row, known: true });
    }
  };
});
