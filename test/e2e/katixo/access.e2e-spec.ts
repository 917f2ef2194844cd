import type { Client } from '../../support/client.js';
import { at, type Envelope, expectRefusal, Katixo } from '../../support/katixo.js';
import { uniquePhone } from '../../support/phone.js';
import { useSharedApp } from '../../support/test-app.js';

interface Document {
  paths: Record<
    string,
    Record<string, { operationId: string; 'x-access': { kind: string; permission?: string } }>
  >;
}

/** Who may call what: the fourteen published operations, creating an organisation, and the second factor. */
const MATRIX: Record<string, string> = {
  'POST /api/v1/auth/otp/request': 'public',
  'POST /api/v1/auth/otp/verify': 'optional',
  'POST /api/v1/auth/signup': 'public',
  'POST /api/v1/auth/register': 'public',
  'POST /api/v1/auth/login': 'public',
  'POST /api/v1/auth/verify-2fa': 'public',
  'POST /api/v1/auth/refresh': 'public',
  'POST /api/v1/auth/logout': 'signed-in',
  'GET /api/v1/auth/me': 'signed-in',
  'POST /api/v1/auth/forgot-password': 'public',
  'POST /api/v1/auth/reset-password': 'public',
  'POST /api/v1/auth/invite': 'invitations.create',
  'POST /api/v1/auth/invite/accept': 'optional',
  'GET /api/v1/users/me/organisations': 'signed-in',
  'POST /api/v1/users/me/organisations': 'signed-in',
  'POST /api/v1/users/me/switch-org': 'signed-in',
};

describe('access to the operations of the katixo contract', () => {
  const t = useSharedApp();
  const k = new Katixo(t);

  it('is as the matrix says, for every operation, and each has a name of its own', async () => {
    const { status, body } = await t.client().get<Document>('/openapi/katixo.json');
    expect(status).toBe(200);
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    const access = operations.map(({ name, operation: { 'x-access': who } }) => [
      name,
      who.permission ?? who.kind,
    ]);
    expect(Object.fromEntries(access)).toEqual(MATRIX);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is refused without a credential and with every token that is not a live access token', async () => {
    const owner = await k.owner();
    const gone = await k.owner();
    await k.post('/auth/logout', undefined, gone.client);
    for (const [name, access] of Object.entries(MATRIX)) {
      if (['public', 'optional'].includes(access)) continue;
      const [method = '', path = ''] = name.split(' ');
      for (const token of [null, 'x', owner.refreshToken, gone.accessToken]) {
        const reply = await t.client(token).send<Envelope>(method, path, method === 'GET' ? undefined : {});
        expectRefusal(reply, null, 401);
      }
    }
  });

  describe('to POST /auth/invite', () => {
    const invite = (as: Client, role: string) => k.post('/auth/invite', { phone: uniquePhone(), role }, as);

    it('is allowed to owners and administrators, for roles up to their own', async () => {
      const owner = await k.owner();
      const admin = await k.member(owner, 'ADMIN');
      for (const role of ['OWNER', 'ADMIN', 'ACCOUNTANT', 'OPERATOR', 'VIEWER']) {
        const reply = await invite(owner.client, role);
        expect([role, reply.status, reply.body.data.role]).toEqual([role, 201, role]);
      }
      for (const role of ['ADMIN', 'ACCOUNTANT', 'OPERATOR', 'VIEWER']) {
        expect([role, (await invite(admin.client, role)).status]).toEqual([role, 201]);
      }
      expectRefusal(await invite(admin.client, 'OWNER'), 'role_level_exceeded');
      expectRefusal(await invite(admin.client, 'EMPEROR'), 'role_not_found');
    });

    it.each(['ACCOUNTANT', 'OPERATOR', 'VIEWER'])('is refused to the %s', async (role) => {
      const member = await k.member(await k.owner(), role);
      expectRefusal(await invite(member.client, 'VIEWER'), 'permission_missing');
    });
  });

  it('gives each role exactly its published rights, in `me`', async () => {
    const owner = await k.owner();
    const rights = async (client: Client, resource: string, action: string) =>
      (await client.get<Envelope>(at('/auth/me'))).body.data.permissions[resource]?.[action];
    const accountant = await k.member(owner, 'ACCOUNTANT');
    const operator = await k.member(owner, 'OPERATOR');
    const viewer = await k.member(owner, 'VIEWER');
    expect(await rights(accountant.client, 'workflows', 'approve')).toBe(true);
    expect(await rights(accountant.client, 'inventory', 'view')).toBe(false);
    expect(await rights(operator.client, 'gst', 'view')).toBe(false);
    expect(await rights(operator.client, 'workflows', 'approve')).toBe(false);
    expect(await rights(viewer.client, 'invoices', 'view')).toBe(true);
    expect(await rights(viewer.client, 'invoices', 'create')).toBe(false);
  });
});
