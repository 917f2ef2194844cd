import { ApiKeys, NEVER_ISSUED } from '../../support/api-keys.js';
import { type AuditEvent, eventsOf, eventually, expectRested } from '../../support/audit.js';
import { burst } from '../../support/burst.js';
import { type Account, NEW_PASSWORD, PASSWORD, uniqueEmail } from '../../support/given.js';
import { createTestApp, useSharedApp } from '../../support/test-app.js';

interface Row {
  id: string;
  action: string;
  tenant_id: string | null;
  actor_kind: string;
  actor_id: string | null;
  outcome: string;
  target_id: string | null;
  address: string;
  detail: { count: number; codes: string[]; permissions?: string[] };
}

const SUMS = [
  'authorization.refused',
  'reauthentication.refused',
  'attempts.exceeded',
  'rate_limit.exceeded',
];

const SETTINGS = { LOGIN_FAILURES_BEFORE_DELAY: '3', THROTTLE_ENABLED: 'true' };

const total = (rows: Row[]) => rows.reduce((sum, { detail }) => sum + detail.count, 0);

/** The sum of the rows as one: a row may be written between any two denials. */
const together = (events: AuditEvent[]) => {
  const details = events.map(
    ({ detail }) => detail as { count: number; codes: string[]; reasons?: string[] },
  );
  const all = (key: 'codes' | 'reasons') => [...new Set(details.flatMap((detail) => detail[key] ?? []))];
  const count = details.reduce((sum, detail) => sum + detail.count, 0);
  return Object.assign({}, ...details, { count, codes: all('codes'), reasons: all('reasons') }) as object;
};

const invite = (by: Account, role = 'user') => by.client.post('/auth/invite', { email: uniqueEmail(), role });

describe('denials in the audit trail', () => {
  const t = useSharedApp(SETTINGS);
  const login = ({ tenant, email }: Account, password: string) =>
    t.post('/auth/login', { tenantSlug: tenant.slug, email, password });
  /** The rows of this action, oldest first, once at least so many denials are counted in them. */
  const counted = (owner: Account, action: string, count = 1): Promise<AuditEvent[]> =>
    eventually(async () => {
      const events = await eventsOf(owner.client, { action });
      const sum = events.reduce((soFar, { detail }) => soFar + Number(detail.count), 0);
      return sum >= count ? events.reverse() : undefined;
    });

  it('are recorded within moments: a missing permission', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    const { body } = await invite(member);

    const [event] = await counted(owner, 'authorization.refused');

    expect(body.code).toBe('permission_missing');
    expect(event).toMatchObject({
      actor: { kind: 'user', id: member.user.id, name: 'Mia Member' },
      outcome: 'refused',
      address: member.client.address,
      requestId: body.instance,
      detail: { count: 1, codes: ['permission_missing'], permissions: ['invitations.create'] },
    });
  });

  it('name the key that lacked a scope, and not the person who created it', async () => {
    const owner = await t.given.tenant();
    const { id, key } = await new ApiKeys(t).create(owner, { scopes: ['leads.view'] });
    const headers = { 'x-api-key': key };
    expect(await t.get('/tenants/current/audit-events', { headers })).toBeProblem('permission_missing');
    expect(await t.post('/auth/logout', undefined, { headers })).toBeProblem('api_key_not_allowed');

    const events = await counted(owner, 'authorization.refused', 2);

    for (const { actor } of events) expect(actor).toEqual({ kind: 'api_key', id, name: 'CI' });
    expect(together(events)).toMatchObject({
      count: 2,
      codes: ['permission_missing', 'api_key_not_allowed'],
    });
  });

  it('name a key of the tenant and the reason; a key that never existed appears in no trail', async () => {
    const owner = await t.given.tenant();
    const keys = new ApiKeys(t);
    const elsewhere = await keys.create(owner, { allowedAddresses: ['192.0.2.0/24'] });
    const revoked = await keys.create(owner);
    await owner.client.delete(`/auth/api-keys/${revoked.id}`);
    const expired = await keys.create(owner);
    await t.database.query('UPDATE api_keys SET expires_at = now() WHERE id = $1', [expired.id]);
    const made = [elsewhere, revoked, expired];
    // First, so that a row of it would be there with the others
    expect(await keys.isGood(NEVER_ISSUED)).toBe(false);
    for (const { key } of [...made, revoked]) expect(await keys.isGood(key)).toBe(false);

    const events = await counted(owner, 'api_key.refused', 4);

    const perKey = made.map(({ id }) => events.filter(({ target }) => target?.id === id));
    const about = { ownerId: owner.user.id, codes: ['api_key_invalid'] };
    expect(events).toHaveLength(perKey.flat().length);
    expect(perKey.map(together)).toEqual([
      { count: 1, reasons: ['address_not_allowed'], ...about },
      { count: 2, reasons: ['revoked'], ...about },
      { count: 1, reasons: ['expired'], ...about },
    ]);
    for (const event of events) {
      expect(event).toMatchObject({
        actor: { kind: 'anonymous', id: null },
        target: { kind: 'api_key' },
        outcome: 'refused',
      });
    }
  });

  it('name the account that was guessed at, in its tenant, once it is delayed', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    for (let n = 0; n < 3; n += 1) await login(member, NEW_PASSWORD);
    expect(await login(member, PASSWORD)).toBeProblem('too_many_attempts');

    const [event] = await counted(owner, 'attempts.exceeded');

    expect(event).toMatchObject({
      actor: { kind: 'anonymous', id: null },
      target: { kind: 'user', id: member.user.id },
      detail: { count: 1, codes: ['too_many_attempts'] },
    });
  });

  it('name no account of another tenant: the trail does not reveal whether it exists', async () => {
    const owner = await t.given.tenant();
    const stranger = await t.given.verifiedTenant();
    const nobody = { email: uniqueEmail() };
    const rowsAbout = async ({ email }: Pick<Account, 'email'>) => {
      const from = t.client();
      const body = { tenantSlug: owner.tenant.slug, email, password: NEW_PASSWORD };
      for (let n = 0; n < 3; n += 1) {
        expect(await from.post('/auth/login', body)).toBeProblem('invalid_credentials');
      }
      expect(await from.post('/auth/login', body)).toBeProblem('too_many_attempts');
      const of = async (action: string) =>
        (await eventsOf(owner.client, { action })).filter(({ address }) => address === from.address);
      const [exceeded] = await eventually(async () => {
        const found = await of('attempts.exceeded');
        return found.length > 0 ? found : undefined;
      });
      const shown = [...(await of('sign_in.refused')), exceeded];
      return shown.map((event) => event && [event.action, event.actor, event.target, event.detail]);
    };
    const anonymous = { kind: 'anonymous', id: null, name: null };
    const refused = ['sign_in.refused', anonymous, null, {}];
    const exceeded = ['attempts.exceeded', anonymous, null, { count: 1, codes: ['too_many_attempts'] }];

    expect(await rowsAbout(stranger)).toEqual([refused, refused, refused, exceeded]);
    expect(await rowsAbout(nobody)).toEqual([refused, refused, refused, exceeded]);
  });
});

describe('denials in the audit trail, once the server has been told to stop,', () => {
  const t = createTestApp(SETTINGS);
  let rows: Row[];
  let owner: Account;
  let manager: Account;
  let guesser: Account;
  const limited = { address: '', count: 0 };
  const by = ({ user }: Account) => rows.filter(({ actor_id: id }) => id === user.id);

  beforeAll(async () => {
    owner = await t.given.tenant();
    manager = await t.given.member(owner, 'manager');
    guesser = await t.given.member(owner);
    const stranger = await t.given.tenant();
    const path = `/users/me/organisations/${stranger.tenant.id}`;
    expect(await owner.client.delete(path)).toBeProblem('not_found');

    for (const reply of await burst(20, () => invite(manager, 'admin'))) {
      expect(reply).toBeProblem('role_level_exceeded');
    }
    const wrong = { currentPassword: NEW_PASSWORD, newPassword: 'Velvet-Harbour-88-Cello' };
    for (let n = 0; n < 4; n += 1) await guesser.client.post('/auth/change-password', wrong);

    const client = t.client();
    const asked = { email: uniqueEmail() };
    const replies = await burst(40, () => client.post('/auth/forgot-password', asked));
    Object.assign(limited, { address: client.address });
    limited.count = replies.filter(({ status }) => status === 429).length;

    expect((await t.server.stop()).code).toBe(0);
    const sql = 'SELECT * FROM audit_events WHERE action = ANY ($1) ORDER BY id';
    rows = await t.database.query<Row>(sql, [SUMS]);
  });

  it('are all counted and none lost, in a row a minute', () => {
    // The stop wrote the last one
    expectRested(by(manager).slice(0, -1));
    expect(total(by(manager))).toBe(20);
    expect(by(manager)[0]).toMatchObject({
      action: 'authorization.refused',
      tenant_id: owner.tenant.id,
      actor_kind: 'user',
      outcome: 'refused',
      detail: { codes: ['role_level_exceeded'] },
    });
  });

  it('distinguish wrong passwords from the delay that followed', () => {
    const of = (action: string) => total(by(guesser).filter((row) => row.action === action));
    expect([of('reauthentication.refused'), of('attempts.exceeded')]).toEqual([3, 1]);
  });

  it('have no row for a request with another tenant’s id', () => {
    expect(by(owner)).toEqual([]);
  });

  it('name the address that exceeded a limit', () => {
    const found = rows.filter(({ address }) => address === limited.address);
    expect(limited.count).toBeGreaterThan(5);
    expectRested(found.slice(0, -1));
    expect(total(found)).toBe(limited.count);
    expect(found[0]).toMatchObject({
      action: 'rate_limit.exceeded',
      tenant_id: null,
      actor_kind: 'anonymous',
      detail: { codes: ['rate_limit_exceeded'] },
    });
  });
});
