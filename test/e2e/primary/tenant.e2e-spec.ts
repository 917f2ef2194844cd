import type { Account } from '../../support/given.js';
import { Tenants } from '../../support/tenant.js';
import { useSharedApp } from '../../support/test-app.js';

const TENANT = '/tenants/current';

interface Settings {
  id: string;
  slug: string;
  companyName: string;
  businessType: string | null;
  policies: Record<string, unknown>;
  createdAt: string;
}

const DEFAULTS = {
  requireTwoFactor: false,
  trustedDevices: false,
  apiKeysWithoutExpiry: false,
  sessionLifetimeSeconds: null,
  invitationDomains: [],
  smsDailyBudget: null,
  supportAccess: 'read',
  auditSignInsMonths: null,
  auditChangesMonths: null,
};

describe('the settings of an organisation', () => {
  const t = useSharedApp();
  const tenants = new Tenants(t);
  const read = async (as: Account) => (await as.client.get<Settings>(TENANT)).body;
  const change = (as: Account, body: object) => as.client.patch<Settings>(TENANT, body);

  it('return its name, and policies that leave everything to the server', async () => {
    const owner = await t.given.tenant();
    const manager = await t.given.member(owner, 'manager');
    const settings = await read(manager);
    expect(settings).toEqual({
      ...owner.tenant,
      businessType: null,
      policies: DEFAULTS,
      locale: null,
      timeZone: null,
      metadata: { public: {} },
      createdAt: settings.createdAt,
    });
  });

  it('can be changed one by one: what is left out stays', async () => {
    const owner = await t.given.tenant();
    const policies = {
      requireTwoFactor: false,
      trustedDevices: true,
      apiKeysWithoutExpiry: true,
      sessionLifetimeSeconds: 3600,
      invitationDomains: ['acme.com', 'xn--bcher-kva.example'],
      smsDailyBudget: 0,
      supportAccess: 'none',
      auditSignInsMonths: null,
      auditChangesMonths: null,
    };
    const given = { ...policies, invitationDomains: [' ACME.com ', 'bücher.example', 'acme.com'] };
    const first = await change(owner, {
      companyName: ' New Name ',
      businessType: 'RETAILER',
      policies: given,
    });
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      companyName: 'New Name',
      slug: owner.tenant.slug,
      businessType: 'RETAILER',
    });
    expect(first.body.policies).toEqual(policies);
    expect(await read(owner)).toEqual(first.body);

    const second = await change(owner, { policies: { sessionLifetimeSeconds: null, invitationDomains: [] } });
    const changed = { ...policies, sessionLifetimeSeconds: null, invitationDomains: [] };
    expect(second.body).toEqual({ ...first.body, policies: changed });
    expect((await owner.client.get('/auth/me')).body.tenant.companyName).toBe('New Name');
  });

  it('record in the audit trail which of them changed, and nothing where none did', async () => {
    const owner = await t.given.tenant();
    await change(owner, {});
    await change(owner, { companyName: owner.tenant.companyName, policies: { trustedDevices: false } });
    expect(await tenants.trail(owner, 'tenant.updated')).toEqual([]);
    await change(owner, { companyName: 'Another', policies: { trustedDevices: true, smsDailyBudget: null } });
    expect(await tenants.trail(owner, 'tenant.updated')).toEqual([
      {
        actor_id: owner.user.id,
        target_kind: 'tenant',
        target_id: owner.tenant.id,
        detail: {
          fields: ['name', 'policies.trustedDevices'],
          policies: { trustedDevices: { from: false, to: true } },
        },
      },
    ]);
  });

  it.each([
    [{ companyName: '' }],
    [{ companyName: null }],
    [{ companyName: 'https://evil.example' }],
    [{ slug: 'mine' }],
    [{ policies: null }],
    [{ policies: [] }],
    [{ policies: 'none' }],
    [{ policies: { surprise: true } }],
    [{ policies: { requireTwoFactor: 'yes' } }],
    [{ policies: { requireTwoFactor: null } }],
    [{ policies: { sessionLifetimeSeconds: 299 } }],
    [{ policies: { sessionLifetimeSeconds: 31_536_001 } }],
    [{ policies: { sessionLifetimeSeconds: '3600' } }],
    [{ policies: { supportAccess: 'all' } }],
    [{ policies: { smsDailyBudget: -1 } }],
    [{ policies: { smsDailyBudget: 1.5 } }],
    // The server leaves no choice
    [{ policies: { auditSignInsMonths: 14 } }],
    [{ policies: { auditChangesMonths: 12 } }],
    [{ policies: { auditSignInsMonths: 0 } }],
    [{ policies: { invitationDomains: 'acme.com' } }],
    [{ policies: { invitationDomains: ['not a domain'] } }],
    [{ policies: { invitationDomains: ['me@acme.com'] } }],
    [{ policies: { invitationDomains: ['*.acme.com'] } }],
    [{ policies: { invitationDomains: [''] } }],
    [{ policies: { invitationDomains: [null] } }],
  ])('refuse %j', async (body) => {
    const owner = await t.given.tenant();
    const before = await tenants.contents(owner);
    expect(await change(owner, body)).toBeProblem('validation_failed');
    expect(await tenants.contents(owner)).toEqual(before);
  });

  it('take a hundred domains and no more', async () => {
    const owner = await t.given.tenant();
    const invitationDomains = Array.from({ length: 101 }, (_, index) => `d${index}.example`);
    expect(await change(owner, { policies: { invitationDomains } })).toBeProblem('validation_failed');
    expect(
      (await change(owner, { policies: { invitationDomains: invitationDomains.slice(1) } })).status,
    ).toBe(200);
  });

  it('require the permission to see or change them', async () => {
    const { owner, manager, user } = await tenants.staff();
    const before = await tenants.contents(owner);
    expect(await user.client.get(TENANT)).toBeProblem('permission_missing');
    for (const { client } of [manager, user]) {
      expect(await client.patch(TENANT, { companyName: 'Mine' })).toBeProblem('permission_missing');
    }
    for (const method of ['get', 'patch'] as const) {
      expect(await t.client()[method](TENANT)).toBeProblem('authentication_required');
    }
    expect(await tenants.contents(owner)).toEqual(before);
  });

  it('belong to the organisation of the session, whatever the request says', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const before = await tenants.contents(stranger);
    const headers = { 'x-tenant-id': stranger.tenant.id, 'x-org-id': stranger.tenant.id };
    const path = `${TENANT}?tenantId=${stranger.tenant.id}`;
    expect((await owner.client.get<Settings>(path, { headers })).body.id).toBe(owner.tenant.id);
    await owner.client.patch(path, { companyName: 'Ours' }, { headers });
    expect(await tenants.contents(stranger)).toEqual(before);
  });
});
