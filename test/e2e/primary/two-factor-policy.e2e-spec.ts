import type { Client } from '../../support/client.js';
import { type Account, NEW_PASSWORD, PASSWORD, unique } from '../../support/given.js';
import { type OpenApiDocument, operationsInPageOrder, type PlacedOperation } from '../../support/openapi.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';
import { TwoFactor } from '../../support/two-factor.js';

const SOME_ID = '0192f3a0-0000-7000-8000-000000000000';

/** What a member without a second factor may still do, where the tenant requires one. */
const OPEN = [
  'GET /auth/me',
  'GET /auth/2fa',
  'POST /auth/enable-2fa',
  'POST /auth/confirm-2fa',
  'POST /auth/logout',
  // Answers no, with the reason
  'POST /auth/authorize',
  'GET /users/me/organisations',
  'POST /users/me/switch-org',
  // Public and optional routes stay allowed: they start a new sign-in, which applies the target tenant's policy
  // itself
  'POST /auth/otp/verify',
  'POST /auth/invite/accept',
  'POST /api/v1/auth/otp/verify',
  'POST /api/v1/auth/invite/accept',
  // A person who does not want a second factor may leave, and export their data
  'POST /users/me/export',
  'DELETE /users/me',
  'POST /api/v1/auth/logout',
  'GET /api/v1/auth/me',
  'GET /api/v1/users/me/organisations',
  'POST /api/v1/users/me/switch-org',
  'GET /v1/auth/me',
  'POST /v1/auth/enable-2fa',
  'POST /v1/auth/confirm-2fa',
  'POST /v1/auth/refresh',
  'POST /v1/auth/logout',
];

describe('an organisation that requires two-factor authentication', () => {
  const t = useSharedApp();
  const twoFactor = new TwoFactor(t);
  const phones = new Phones(t);
  const require = async ({ tenant }: Pick<Account, 'tenant'>, required = true) => {
    await t.database.query('UPDATE tenants SET require_two_factor = $2 WHERE id = $1', [tenant.id, required]);
  };
  const REFUSED = 'two_factor_enrolment_required';
  const write = (client: Client) => client.patch('/auth/me', { firstName: 'Ada' });
  const strictOwner = async () => {
    const owner = await t.given.tenant();
    await require(owner);
    return owner;
  };

  it('lets a member without it sign in, and says what to do', async () => {
    const { email } = await strictOwner();
    const { status, body } = await t.post('/auth/login', { email, password: PASSWORD });
    expect(status).toBe(200);
    expect(body.twoFactorEnrolmentRequired).toBe(true);
    expect(await write(t.client(body.accessToken))).toBeProblem(REFUSED);
    const katixo = await t.post('/api/v1/auth/login', { email, password: PASSWORD });
    expect(katixo.body).toMatchObject({ data: { twoFactorEnrolmentRequired: true } });
  });

  it('says nothing of it to other people', async () => {
    const owner = await t.given.tenant();
    const { body } = await t.post('/auth/login', { email: owner.email, password: PASSWORD });
    expect(body).not.toHaveProperty('twoFactorEnrolmentRequired');
    const guarded = await twoFactor.owner();
    await require(guarded);
    expect((await twoFactor.signIn(guarded)).body).not.toHaveProperty('twoFactorEnrolmentRequired');
  });

  it('allows such a member nothing in any contract except the enrolment', async () => {
    const documents = await Promise.all(
      ['primary', 'katixo', 'datixlab'].map(async (name) => {
        return (await t.client().get<OpenApiDocument>(`/openapi/${name}.json`)).body;
      }),
    );
    const operations = documents.flatMap((document) => operationsInPageOrder(document));
    const guarded = operations.filter((operation) => operation['x-access'].kind !== 'public');
    const nameOf = ({ method, path }: PlacedOperation) => `${method} ${path}`;
    const open: string[] = [];
    for (const operation of guarded) {
      const { accessToken } = await strictOwner();
      const path = operation.path.replace(/\{\w+\}/g, SOME_ID);
      const body = operation.requestBody?.content['application/json']?.example;
      const reply = await t.client(accessToken).send(operation.method, path, body);
      if (reply.status !== 403 || !reply.text.includes(REFUSED)) open.push(nameOf(operation));
    }
    expect(open.sort()).toEqual([...OPEN].sort());
    expect(guarded.length).toBeGreaterThan(OPEN.length + 10);
  });

  it('still allows the export and the deletion of the account, both only with the password', async () => {
    const owner = await t.given.tenant();
    const member = await t.given.member(owner);
    await require(owner);
    await t.database.query(
      `UPDATE sessions SET authenticated_at = now() - interval '1 day' WHERE user_id = $1`,
      [member.user.id],
    );
    const leave = (password: string) => member.client.delete('/users/me', { password });
    const take = (body: object) => member.client.post('/users/me/export', body);
    expect(await take({})).toBeProblem('reauthentication_required');
    expect(await take({ currentPassword: NEW_PASSWORD })).toBeProblem('current_password_incorrect');
    expect((await take({ currentPassword: PASSWORD })).body).toMatchObject({ userId: member.user.id });
    expect(await member.client.delete('/users/me', {})).toBeProblem('validation_failed');
    expect(await leave(NEW_PASSWORD)).toBeProblem('current_password_incorrect');
    expect((await leave(PASSWORD)).status).toBe(202);
    expect(await member.client.get('/auth/me')).toBeProblem('access_token_invalid');
  });

  it('restricts sessions that are open already, and lifts that again', async () => {
    const owner = await t.given.tenant();
    expect((await write(owner.client)).status).toBe(200);
    await require(owner);
    expect(await write(owner.client)).toBeProblem(REFUSED);
    await require(owner, false);
    expect((await write(owner.client)).status).toBe(200);
  });

  it('keeps a refreshed session restricted', async () => {
    const { refreshToken } = await strictOwner();
    const refreshed = await t.post('/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect(await write(t.client(refreshed.body.accessToken))).toBeProblem(REFUSED);
  });

  it('allows the same session everything once the second factor is confirmed, not before', async () => {
    const { client } = await strictOwner();
    const { authenticator } = await twoFactor.enrol(client);
    expect(await write(client)).toBeProblem(REFUSED);
    expect((await client.post('/auth/confirm-2fa', { code: authenticator.code() })).status).toBe(200);
    expect((await write(client)).status).toBe(200);
  });

  it('restricts it when the second factor is turned off', async () => {
    const owner = await twoFactor.owner();
    await require(owner);
    expect((await write(owner.client)).status).toBe(200);
    const { password, backupCodes } = owner;
    await owner.client.post('/auth/disable-2fa', { password, code: backupCodes[0] });
    expect(await write(owner.client)).toBeProblem(REFUSED);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
  });

  describe('and a switch', () => {
    const withStrictOrganisation = async (client: Client) => {
      const { body } = await client.post('/users/me/organisations', { name: `Strict ${unique()}` });
      await require({ tenant: { ...body.tenant, id: body.id } });
      return body.id;
    };

    it('is refused without a second factor: the session stays where it is', async () => {
      const owner = await t.given.tenant();
      const orgId = await withStrictOrganisation(owner.client);
      expect(await owner.client.post('/users/me/switch-org', { orgId })).toBeProblem(REFUSED);
      expect((await owner.client.get('/auth/me')).body.tenant.id).toBe(owner.tenant.id);
      expect((await write(owner.client)).status).toBe(200);

      await twoFactor.enable(owner.client);
      const moved = await owner.client.post('/users/me/switch-org', { orgId });
      expect(moved.status).toBe(200);
      expect((await write(t.client(moved.body.accessToken))).status).toBe(200);
    });

    it('is refused in the katixo contract, too', async () => {
      const owner = await t.given.tenant();
      const orgId = await withStrictOrganisation(owner.client);
      const reply = await owner.client.post('/api/v1/users/me/switch-org', { orgId });
      expect(reply.status).toBe(403);
      expect(reply.text).toContain(REFUSED);
    });

    it('is accepted to an organisation that does not require it', async () => {
      const owner = await t.given.tenant();
      const { body: other } = await owner.client.post('/users/me/organisations', { name: `Lax ${unique()}` });
      await require(owner);
      const moved = await owner.client.post('/users/me/switch-org', { orgId: other.id });
      expect(moved.status).toBe(200);
      expect((await write(t.client(moved.body.accessToken))).status).toBe(200);
    });
  });

  describe('leaves its members the public operations', () => {
    const accept = async (invitee: Account, by: Account) => {
      const { token } = await t.given.invitation(by, { email: invitee.email });
      return t.client(invitee.accessToken).post('/auth/invite/accept', { token });
    };

    it('an invitation elsewhere is accepted in the session, which does not change', async () => {
      const [person, other] = [await t.given.verifiedTenant(), await t.given.tenant()];
      await require(person);
      const { status, body } = await accept(person, other);
      expect(status).toBe(201);
      expect(body.tenant.id).toBe(other.tenant.id);
      expect((await write(t.client(body.accessToken))).status).toBe(200);
      expect(await write(person.client)).toBeProblem(REFUSED);
    });

    it('an invitation elsewhere allows only the enrolment where that organisation requires it too', async () => {
      const [person, other] = [await t.given.verifiedTenant(), await twoFactor.owner()];
      await require(person);
      await require(other);
      const { status, body } = await accept(person, other);
      expect(status).toBe(201);
      expect(body.twoFactorEnrolmentRequired).toBe(true);
      expect(await write(t.client(body.accessToken))).toBeProblem(REFUSED);
    });

    it('a code verifies a number in the session, and opens one with the same restriction', async () => {
      const phone = uniquePhone();
      const { client, tenant } = await phones.squatter(phone);
      await require({ tenant });
      const { status, body } = await phones.verify(phone, await phones.newCode(phone), client);
      expect([status, body.twoFactorEnrolmentRequired]).toEqual([200, true]);
      expect(await write(t.client(body.accessToken))).toBeProblem(REFUSED);
      expect(await write(client)).toBeProblem(REFUSED);
    });
  });

  it('is joined by an invitation, and used with a second factor', async () => {
    const owner = await twoFactor.owner();
    await require(owner);
    const member = await t.given.member(owner);
    expect(await write(member.client)).toBeProblem(REFUSED);
    await twoFactor.enable(member.client);
    expect((await write(member.client)).status).toBe(200);
  });
});
