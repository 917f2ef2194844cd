import { at, Datixlab } from '../../support/datixlab.js';
import { type Operation, readOperations } from '../../support/operations.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

/** Who may call what. The first test fails for an operation that is missing here, or listed and gone. */
const MATRIX: Record<string, string> = {
  'POST /v1/auth/register': 'public',
  'POST /v1/auth/login': 'public',
  'POST /v1/auth/refresh': 'signed-in',
  'GET /v1/auth/me': 'signed-in',
  'PATCH /v1/auth/me': 'signed-in',
  'POST /v1/auth/api-keys': 'apiKeys.create',
  'GET /v1/auth/api-keys': 'apiKeys.view',
  'DELETE /v1/auth/api-keys/{key_id}': 'apiKeys.delete',
  'POST /v1/auth/enable-2fa': 'signed-in',
  'POST /v1/auth/confirm-2fa': 'signed-in',
  'POST /v1/auth/verify-2fa': 'public',
  'POST /v1/auth/disable-2fa': 'signed-in',
  'POST /v1/auth/change-password': 'signed-in',
  'POST /v1/auth/logout': 'signed-in',
};

/** Allowed to an API key, beside the public operations. */
const OPEN_TO_KEYS = ['GET /v1/auth/me'];

/** Allowed to a person who must still enrol the second factor that the tenant requires. */
const OPEN_WHILE_ENROLLING = [
  'POST /v1/auth/refresh',
  'GET /v1/auth/me',
  'POST /v1/auth/enable-2fa',
  'POST /v1/auth/confirm-2fa',
  'POST /v1/auth/logout',
];

/** Owned by the server: no caller sets them in any operation. */
const SERVER_OWNED = [
  'id',
  'user_id',
  'organization_id',
  'role',
  'permissions',
  'email_verified',
  'status',
  'created_at',
  'two_factor_enabled',
  'assigned_agents',
  'pending_email',
];

describe('access to the operations of the datixlab contract', () => {
  const t = useSharedApp();
  const d = new Datixlab(t);
  let operations: Operation[];
  const guarded = () => operations.filter(({ access }) => access.kind !== 'public');
  const call = (operation: Operation, token: string | null) =>
    t.client(token).send(operation.method, operation.path, operation.fields ? {} : undefined);

  beforeAll(async () => {
    operations = await readOperations(t.client(), 'datixlab');
  });

  it('is as the matrix says, for every operation', () => {
    const actual = operations.map(({ name, access }) => [name, access.permission ?? access.kind]);
    expect(Object.fromEntries(actual)).toEqual(MATRIX);
    const namesOf = (chosen: Operation[]) => chosen.map(({ name }) => name);
    const toKeys = guarded().filter(({ access }) => access.actors?.includes('apiKey'));
    expect(namesOf(toKeys)).toEqual(OPEN_TO_KEYS);
    const enrolling = guarded().filter(({ access }) => access.whileEnrolling);
    expect(namesOf(enrolling).sort()).toEqual([...OPEN_WHILE_ENROLLING].sort());
  });

  it('is refused without a credential, with the scheme to use', async () => {
    expect(guarded().length).toBeGreaterThan(4);
    for (const operation of guarded()) {
      const reply = await call(operation, null);
      expect([operation.name, reply.status]).toEqual([operation.name, 401]);
      expect(reply).toBeProblem('authentication_required');
    }
  });

  it('is refused to every token that is not a live access token', async () => {
    const account = await t.given.tenant();
    const gone = await d.owner();
    await d.post('/logout', undefined, gone.client);
    const guardedOwner = await d.owner();
    await new TwoFactor(t).enable(guardedOwner.client);
    const secrets = [
      await d.tempToken(guardedOwner),
      gone.accessToken,
      account.refreshToken,
      await t.given.resetToken(account),
      await t.given.verificationToken(account),
      'x',
    ];
    for (const operation of guarded()) {
      for (const token of secrets) {
        const { status } = await call(operation, token);
        expect([operation.name, token, status]).toEqual([operation.name, token, 401]);
      }
    }
  });

  it('is refused to an API key, whatever its scopes, except where keys are accepted', async () => {
    const { key } = await d.createKey(await d.owner());
    for (const operation of guarded()) {
      const reply = await call(operation, key);
      if (OPEN_TO_KEYS.includes(operation.name))
        expect([operation.name, reply.status]).toEqual([operation.name, 200]);
      else expect(reply).toBeProblem('api_key_not_allowed');
    }
  });

  it('is refused to a person who must still enrol a required second factor, except where that is allowed', async () => {
    const owner = await d.owner();
    await d.requireTwoFactor(owner);
    for (const operation of guarded().filter(({ name }) => !name.endsWith('/logout'))) {
      const reply = await call(operation, owner.accessToken);
      if (!OPEN_WHILE_ENROLLING.includes(operation.name)) {
        expect(reply).toBeProblem('two_factor_enrolment_required');
      } else expect([operation.name, reply.status]).not.toEqual([operation.name, 403]);
    }
    expect((await d.post('/logout', undefined, owner.client)).status).toBe(200);
  });

  it('follows the role where it requires a permission, and the tenant', async () => {
    const owner = await t.given.tenant();
    const roles = {
      manager: await t.given.member(owner, 'manager'),
      user: await t.given.member(owner, 'user'),
    };
    const nowhere = await t.given.member(owner, 'manager');
    await t.database.query('DELETE FROM memberships WHERE user_id = $1', [nowhere.user.id]);
    const { accessToken: outside } = await d.login(nowhere);
    const permitted = operations.filter(({ access }) => access.kind === 'permission');
    expect(permitted).toHaveLength(3);
    for (const operation of permitted) {
      expect(await call(operation, roles.user.accessToken)).toBeProblem('permission_missing');
      expect(await call(operation, outside)).toBeProblem('no_active_tenant');
      const { status } = await call(operation, roles.manager.accessToken);
      expect([operation.name, status]).not.toEqual([operation.name, 403]);
    }
  });

  it('accepts no field that the operation does not know', async () => {
    const { client } = await d.owner();
    const writes = operations.filter(({ fields }) => fields !== null);
    expect(writes.length).toBeGreaterThan(3);
    for (const { method, path, name, fields } of writes) {
      for (const field of ['surprise', ...SERVER_OWNED]) {
        const reply = await client.send(method, path, { [field]: 'x' });
        expect(reply).toBeProblem('validation_failed');
        const pointers = reply.body.errors?.map(({ pointer }) => pointer);
        expect([name, pointers]).toEqual([name, expect.arrayContaining([`#/${field}`])]);
      }
      expect([name, fields?.filter((field) => SERVER_OWNED.includes(field))]).toEqual([name, []]);
    }
  });
});

describe('a closed datixlab contract', () => {
  const t = useSharedApp({ CONTRACTS: 'primary,katixo' });

  it('does not exist, and answers in the format of the primary contract', async () => {
    const body = { email: 'user@example.com', password: 'SecurePass123!' };
    expect(await t.post(at('/login'), body)).toBeProblem('route_not_found');
    expect(await t.get('/openapi/datixlab.json')).toBeProblem('route_not_found');
    expect((await t.get('/docs')).text).not.toContain('datixlab');
  });
});
