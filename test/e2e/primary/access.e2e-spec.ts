import { type Account, PASSWORD, uniqueEmail } from '../../support/given.js';
import { type Operation, readOperations } from '../../support/operations.js';
import { useSharedApp } from '../../support/test-app.js';

/** Owned by the server: no caller sets them, anywhere. */
const SERVER_OWNED = [
  'id',
  'userId',
  'tenantId',
  'roleLevel',
  'permissions',
  'isVerified',
  'emailVerified',
  'status',
  'createdAt',
  'twoFactorEnabled',
  'passwordHash',
];

/** Fields of that kind that these operations accept after all: they set the permissions of a role. */
const OWN_FIELDS: Record<string, string[]> = {
  'POST /tenants/current/roles': ['permissions'],
  'PATCH /tenants/current/roles/{id}': ['permissions'],
};

describe('access to the operations of the primary contract', () => {
  const t = useSharedApp();
  let operations: Operation[];
  const guarded = () => operations.filter(({ access }) => !['public', 'optional'].includes(access.kind));
  const call = (operation: Operation, token: string | null) =>
    t.client(token).send(operation.method, operation.path, operation.fields ? {} : undefined);

  beforeAll(async () => {
    operations = await readOperations(t.client());
  });

  it('is refused without a credential, with the scheme to use', async () => {
    expect(guarded().length).toBeGreaterThan(5);
    for (const operation of guarded()) {
      const reply = await call(operation, null);
      expect([operation.name, reply]).toEqual([operation.name, expect.objectContaining({ status: 401 })]);
      expect(reply).toBeProblem('authentication_required');
    }
  });

  it('is refused to every token that is not a live access token', async () => {
    const owner = await t.given.tenant();
    const loggedOut = await t.given.tenant();
    await loggedOut.client.post('/auth/logout');
    const secrets = [
      loggedOut.accessToken,
      owner.refreshToken,
      await t.given.resetToken(owner),
      await t.given.verificationToken(owner),
      'x',
      'undefined',
    ];
    for (const operation of [...operations]) {
      if (operation.access.kind === 'public') continue;
      for (const token of secrets) {
        const { status } = await call(operation, token);
        // A public operation may validate its body first
        const refused = operation.access.kind === 'optional' ? [400, 401] : [401];
        expect([operation.name, token, refused.includes(status)]).toEqual([operation.name, token, true]);
      }
    }
  });

  it('follows the role where it requires a permission', async () => {
    const owner = await t.given.tenant();
    const roles: Record<string, Account> = {
      admin: owner,
      manager: await t.given.member(owner, 'manager'),
      user: await t.given.member(owner, 'user'),
    };
    for (const operation of operations.filter(({ access }) => access.kind === 'permission')) {
      const [resource = '', action = ''] = operation.access.permission?.split('.') ?? [];
      for (const [role, account] of Object.entries(roles)) {
        const { permissions, roleLevel } = (await account.client.get('/auth/me')).body;
        const reply = await call(operation, account.accessToken);
        if (permissions[resource]?.[action] && (roleLevel ?? 0) < (operation.access.level ?? 0)) {
          expect(reply).toBeProblem('role_level_exceeded');
        } else if (permissions[resource]?.[action]) {
          expect([operation.name, role, reply.status]).not.toEqual([operation.name, role, 403]);
        } else {
          expect(reply).toBeProblem('permission_missing');
        }
      }
    }
    expect((await roles.user?.client.get('/auth/me'))?.body.permissions.invitations?.create).toBe(false);
  });

  it('ends with a session whose person has no tenant any more', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'manager');
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);
    for (const operation of guarded()) expect((await call(operation, member.accessToken)).status).toBe(401);
  });

  it('returns without a tenant: for the person’s own data, and for nothing of a tenant', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner, 'manager');
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [member.user.id]);

    const { status, body } = await t.post('/auth/login', { email: member.email, password: PASSWORD });

    expect(status).toBe(200);
    const client = t.client(body.accessToken);
    expect((await client.get('/auth/me')).body).toMatchObject({
      id: member.user.id,
      tenant: null,
      role: null,
    });
    expect(await client.post('/auth/invite', { email: uniqueEmail(), role: 'user' })).toBeProblem(
      'no_active_tenant',
    );
    const invitation = await t.given.invitation(owner, { email: member.email });
    expect((await client.post('/auth/invite/accept', { token: invitation.token })).status).toBe(201);
  });

  describe('bodies', () => {
    const writes = () => operations.filter(({ fields }) => fields !== null);

    it('accept no field that the operation does not know', async () => {
      const owner = await t.given.tenant();
      expect(writes().length).toBeGreaterThan(8);
      for (const operation of writes()) {
        for (const field of ['surprise', ...SERVER_OWNED]) {
          if (operation.fields?.includes(field)) continue;
          const reply = await t
            .client(owner.accessToken)
            .send(operation.method, operation.path, { [field]: 'x' });
          expect(reply).toBeProblem('validation_failed');
          const pointers = reply.body.errors?.map((error) => error.pointer);
          expect([operation.name, pointers]).toEqual([
            operation.name,
            expect.arrayContaining([`#/${field}`]),
          ]);
        }
      }
    });

    it('have no field that belongs to the server', () => {
      for (const { name, fields } of writes()) {
        const serverOwned = fields?.filter((field) => SERVER_OWNED.includes(field));
        expect([name, serverOwned]).toEqual([name, OWN_FIELDS[name] ?? []]);
      }
    });
  });

  it('reads the tenant from the session, never from the request', async () => {
    const [owner, stranger] = [await t.given.tenant(), await t.given.tenant()];
    const headers = {
      'x-tenant-id': stranger.tenant.id,
      'x-tenant-slug': stranger.tenant.slug,
      'x-org-id': stranger.tenant.id,
      'x-user-id': stranger.user.id,
    };
    const me = await owner.client.get('/auth/me', { headers });
    expect(me.body.tenant.slug).toBe(owner.tenant.slug);
    const email = uniqueEmail();
    await owner.client.post('/auth/invite', { email, role: 'user' }, { headers });
    const { body } = await t.get(`/auth/invite/validate?token=${await t.inbox.token(email, 'invitation')}`);
    expect(body.tenantName).toBe(owner.tenant.companyName);
  });
});
