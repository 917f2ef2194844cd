import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { decodeJwt, jwtVerify } from 'jose';
import { burst, countBy } from '../../support/burst.js';
import type { Client } from '../../support/client.js';
import { readSigningKey, resign } from '../../support/forge.js';
import type { Account } from '../../support/given.js';
import { Groups } from '../../support/groups.js';
import { Katixo } from '../../support/katixo.js';
import { runProgram } from '../../support/programs.js';
import { remoteKeys } from '../../support/remote-keys.js';
import type { Server } from '../../support/server.js';
import {
  basic,
  SERVICE_ACCOUNTS,
  type ServiceAccountAnswer,
  ServiceAccounts,
} from '../../support/service-accounts.js';
import { useSharedApp } from '../../support/test-app.js';
import { useWarmProcess } from '../../support/warm-process.js';

interface Introspection {
  active: boolean;
  client_id?: string;
  org_id?: string;
  scope?: string;
  token_type?: string;
}

const t = useSharedApp();
const services = new ServiceAccounts(t);
const groups = new Groups(t);
const WHY = ['--reason', 'A new service', '--reference', 'case 12'];
const LEADS = { resource: 'leads', action: 'view' };

const introspect = (client: Client, token: string, headers = {}) =>
  client.post<Introspection>('/auth/introspect', { token }, { headers });
const byBasic = ({ id, clientSecret }: ServiceAccountAnswer) => ({
  authorization: basic(id, clientSecret ?? ''),
});

/** As an operator makes it. */
async function productAccount(product: string): Promise<ServiceAccountAnswer> {
  const args = ['service-account', 'create', 'Platform', '--product', product, ...WHY, '--json'];
  const { code, stdout, stderr } = await runProgram('admin', args, t.server);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { id, secret } = JSON.parse(stdout) as { id: string; secret: string };
  return { id, clientSecret: secret } as ServiceAccountAnswer;
}

describe('a service account', () => {
  let owner: Account;
  let stranger: Account;

  beforeAll(async () => {
    owner = await t.given.tenant();
    stranger = await t.given.tenant();
  });

  it('is made by administrators only, and by no key or machine', async () => {
    const [manager, user] = [await t.given.member(owner, 'manager'), await t.given.member(owner, 'user')];
    const token = await services.token(await services.create(owner));
    const replies = await Promise.all([
      manager.client.post(SERVICE_ACCOUNTS, { name: 'X' }),
      user.client.post(SERVICE_ACCOUNTS, { name: 'X' }),
      t.client(token).post(SERVICE_ACCOUNTS, { name: 'X' }),
    ]);
    expect(replies.map(({ body }) => body.code)).toEqual([
      'role_level_exceeded',
      'permission_missing',
      'access_token_invalid',
    ]);
  });

  it('gets no more than its creator could give', async () => {
    const granted = await owner.client.post(SERVICE_ACCOUNTS, { name: 'X', scopes: ['invoices.view'] });
    expect(granted.body.code).toBe('scope_not_held');
    const unknown = await owner.client.post(SERVICE_ACCOUNTS, { name: 'X', scopes: ['members.edit'] });
    expect(unknown.body.code).toBe('validation_failed');
    expect((await services.create(owner)).scopes).toEqual(['introspect', 'authorize']);
  });

  it('gets a new credential only from somebody who holds what it may do', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
    await groups.role(owner, 'keeper', 85, 'apiKeys.view', 'apiKeys.edit', 'leads.edit');
    const keeper = await t.given.member(owner, 'keeper');
    const make = async (scopes: string[]) => {
      const [bySecret, byKeys] = [{ scopes }, { scopes, jwks }];
      return [await services.create(owner, bySecret), await services.create(owner, byKeys)] as const;
    };
    const replace = async (by: Account, [one, other]: Awaited<ReturnType<typeof make>>) => [
      await services.rotate(by, one.id),
      await by.client.patch(`${SERVICE_ACCOUNTS}/${other.id}`, { jwks }),
    ];

    const beyond = await make(['leads.edit', 'leads.view', 'leads.delete']);
    for (const refused of await replace(keeper, beyond)) {
      expect(refused).toBeProblem('scope_not_held');
      expect(refused.text).toContain(
        'Ask somebody who holds leads.view, leads.delete: the account has them.',
      );
    }
    // A name is no credential
    const renamed = await keeper.client.patch(`${SERVICE_ACCOUNTS}/${beyond[1].id}`, { name: 'Renamed' });
    expect(renamed.status).toBe(200);
    const allowed = [
      ...(await replace(owner, beyond)),
      ...(await replace(keeper, await make(['leads.edit', 'introspect']))),
    ];
    expect(allowed.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it('is another tenant’s for nobody else', async () => {
    const { id } = await services.create(owner);
    const { client } = stranger;
    const replies = await Promise.all([
      client.get(`${SERVICE_ACCOUNTS}/${id}`),
      client.patch(`${SERVICE_ACCOUNTS}/${id}`, { name: 'Mine' }),
      client.post(`${SERVICE_ACCOUNTS}/${id}/rotate`, {}),
      client.delete(`${SERVICE_ACCOUNTS}/${id}`),
    ]);
    expect(replies.map(({ status, body }) => [status, body.code])).toEqual(
      replies.map(() => [404, 'not_found']),
    );
    const listed = await client.get<{ data: ServiceAccountAnswer[] }>(SERVICE_ACCOUNTS);
    expect(listed.body.data.map((one) => one.id)).not.toContain(id);
    expect((await owner.client.get(`${SERVICE_ACCOUNTS}/${id}`)).status).toBe(200);
  });

  it('asks about the callers of its tenant only, by token and by Basic authentication', async () => {
    const account = await services.create(owner);
    const asked = t.client(await services.token(account));
    expect((await introspect(asked, owner.accessToken)).body).toMatchObject({
      active: true,
      org_id: owner.tenant.id,
    });
    expect((await introspect(t.client(), owner.accessToken, byBasic(account))).body.active).toBe(true);
    expect((await introspect(asked, stranger.accessToken)).body).toEqual({ active: false });
    const of = (token: string) => asked.post('/auth/authorize', { ...LEADS, token });
    expect((await of(owner.accessToken)).body).toEqual({ allowed: true, reason: null });
    expect((await of(stranger.accessToken)).body).toEqual({ allowed: false, reason: 'token_inactive' });
    expect((await of('junk')).body).toEqual({ allowed: false, reason: 'token_inactive' });
  });

  it('is refused Basic authentication with a wrong secret, and everywhere else', async () => {
    const account = await services.create(owner);
    const wrong = { authorization: basic(account.id, 'cs_live_wrong') };
    const { status, headers, body } = await t
      .client()
      .post('/auth/introspect', { token: 'x' }, { headers: wrong });
    expect([status, body.code, headers['www-authenticate']]).toEqual([
      401,
      'invalid_client',
      'Basic realm="clients", charset="UTF-8"',
    ]);
    const me = await t.client().get('/auth/me', { headers: byBasic(account) });
    expect([me.status, me.body.code]).toEqual([401, 'authentication_required']);
  });

  it('calls a product for itself, within its scopes', async () => {
    const account = await services.create(owner, { scopes: ['introspect', 'leads.view'] });
    const token = await services.token(account);
    const client = t.client(token);
    const ask = (action: string) => client.post('/auth/authorize', { resource: 'leads', action });
    expect((await ask('view')).body).toEqual({ allowed: true, reason: null });
    expect((await ask('delete')).body).toEqual({ allowed: false, reason: 'scope_missing' });
    const { headers } = await client.get('/auth/verify');
    expect(headers).toMatchObject({
      'x-auth-user': '',
      'x-auth-tenant': owner.tenant.id,
      'x-auth-scopes': 'introspect leads.view',
      'x-auth-actor': 'service-account',
      'x-auth-client': account.id,
    });
    const seen = await introspect(owner.client, token);
    expect(seen.body).toMatchObject({ active: true, client_id: account.id, scope: 'introspect leads.view' });
    expect((await introspect(stranger.client, token)).body).toEqual({ active: false });
  });

  describe('is never taken for a person, nor a person for it,', () => {
    const headersOf = async (token: string) => {
      const { status, headers } = await t.client(token).get('/auth/verify');
      const { 'x-auth-user': user, 'x-auth-client': client, 'x-auth-actor': actor } = headers;
      return { status, user, client, actor };
    };
    const nobody = { status: 401, user: '', client: '', actor: '' };

    it('at a gateway, although both tokens name a client', async () => {
      const account = await services.create(owner);
      const machine = await services.token(account);
      expect([decodeJwt(owner.accessToken).client_id, decodeJwt(machine).client_id]).toEqual([
        'primary',
        account.id,
      ]);
      const asPerson = { status: 204, user: owner.user.id, client: '', actor: 'user' };
      expect(await headersOf(owner.accessToken)).toEqual(asPerson);
      const asMachine = { status: 204, user: '', client: account.id, actor: 'service-account' };
      expect(await headersOf(machine)).toEqual(asMachine);
    });

    it('by any mixture of their claims, even signed with the server’s own key', async () => {
      const account = await services.create(owner, { scopes: ['introspect', 'authorize', 'leads.view'] });
      const machine = await services.token(account);
      const key = await readSigningKey(t);
      const { sid, ver } = decodeJwt(owner.accessToken);
      const scope = 'introspect authorize leads.view';
      const mixtures: [string, object][] = [
        [owner.accessToken, { client_id: account.id }],
        [owner.accessToken, { client_id: account.id, scope }],
        [owner.accessToken, { client_id: owner.user.id, scope, sid: undefined, ver: undefined }],
        [owner.accessToken, { client_id: account.id, sub: account.id, scope }],
        [machine, { sid, ver }],
        [machine, { sid, ver, sub: owner.user.id }],
        [machine, { sid, ver, sub: owner.user.id, client_id: 'primary' }],
        [machine, { client_id: 'primary' }],
        [machine, { sid }],
      ];
      for (const [token, claims] of mixtures) {
        const forged = await resign(token, key, { claims: { ...claims } });
        const seen = [
          await headersOf(forged),
          (await introspect(owner.client, forged)).body,
          (await owner.client.post('/auth/authorize', { ...LEADS, token: forged })).body,
          (await t.client(forged).post('/auth/authorize', LEADS)).status,
          (await introspect(t.client(forged), owner.accessToken)).status,
          (await t.client(forged).get('/auth/me')).status,
        ];
        const refusal = { allowed: false, reason: 'token_inactive' };
        expect([claims, ...seen]).toEqual([claims, nobody, { active: false }, refusal, 401, 401, 401]);
      }
    });
  });

  it.each(['/auth/me', '/tenants/current', '/tenants/current/members', '/auth/sessions', '/auth/api-keys'])(
    'has no access to %s',
    async (path) => {
      const token = await services.token(await services.create(owner));
      const { status, body } = await t.client(token).get(path);
      expect([status, body.code]).toEqual([401, 'access_token_invalid']);
    },
  );

  it('has a new secret at a rotation; the old one works for the overlap, and one before it never', async () => {
    const account = await services.create(owner);
    const second = (await services.rotate(owner, account.id, { overlapSeconds: 600 })).body;
    const works = async ({ clientSecret }: ServiceAccountAnswer) =>
      (await services.ask({ client_id: account.id, client_secret: clientSecret ?? '' })).status === 200;
    expect([await works(account), await works(second)]).toEqual([true, true]);
    const third = (await services.rotate(owner, account.id, { overlapSeconds: 0 })).body;
    expect([await works(account), await works(second), await works(third)]).toEqual([false, false, true]);
    const rotations = await burst(20, () => services.rotate(owner, account.id, { overlapSeconds: 0 }));
    expect(countBy(rotations, ({ status }) => status)).toEqual({ 200: 20 });
    const left = await Promise.all(rotations.map(({ body }) => works(body)));
    expect(left.filter(Boolean)).toHaveLength(1);
  });

  it('is limited to fifty for a tenant, also in a burst', async () => {
    const { client } = await t.given.tenant();
    const replies = await burst(60, () => client.post(SERVICE_ACCOUNTS, { name: 'Many' }));
    expect(countBy(replies, ({ status }) => status)).toEqual({ 201: 50, 409: 10 });
  });

  it('is stored without its secret', async () => {
    const { id, clientSecret } = await services.create(owner);
    expect(clientSecret).toMatch(/^cs_live_[0-9A-Za-z]{49}$/);
    const rows = await t.database.query(
      'SELECT * FROM service_accounts a JOIN service_account_secrets c ON c.account_id = a.id WHERE a.id = $1',
      [id],
    );
    expect(JSON.stringify(rows)).not.toContain(clientSecret?.slice(8, 30));
    expect((await owner.client.get(`${SERVICE_ACCOUNTS}/${id}`)).text).not.toContain(
      clientSecret?.slice(8, 30),
    );
  });

  describe('at two servers', () => {
    const beside = useWarmProcess('other');
    let second: Server;

    beforeAll(async () => {
      const DATA_DIR = join(t.server.settings.DATA_DIR ?? '', 'second');
      second = await beside.serveBeside(t.server, { DATA_DIR });
    });

    it.each<[string, (account: ServiceAccountAnswer, by: Account) => Promise<unknown>]>([
      ['its revocation', ({ id }, by) => services.revoke(by, id)],
      [
        'the suspension of its tenant',
        (_, { tenant }) =>
          t.database.query(`UPDATE tenants SET status = 'suspended' WHERE id = $1`, [tenant.id]),
      ],
    ])('ends at both at once by %s', async (_, end) => {
      const by = await t.given.tenant();
      const account = await services.create(by);
      const token = await services.token(account);
      const there = t.client(token, second);
      expect((await there.get('/auth/verify')).status).toBe(204);
      await end(account, by);
      const replies = await burst(50, () => there.get('/auth/verify'));
      expect(countBy(replies, ({ body }) => body.code)).toEqual({ access_token_invalid: 50 });
      const secret = { client_id: account.id, client_secret: account.clientSecret ?? '' };
      expect((await services.ask(secret, {}, t.client(null, second))).status).toBe(401);
      expect((await introspect(t.client(null, second), token, byBasic(account))).status).toBe(401);
    });
  });
});

describe('a service account of a product', () => {
  it('asks about the callers of every tenant of its product, and of no other', async () => {
    const [one, two] = [await t.given.tenant(), await t.given.tenant()];
    const katixo = await new Katixo(t).owner();
    const [primary, books] = [await productAccount('primary'), await productAccount('katixo')];
    const seen = async (account: ServiceAccountAnswer, tokens: string[]) => {
      const client = t.client(await services.token(account));
      const replies = await Promise.all(tokens.map((token) => introspect(client, token)));
      return replies.map(({ body }) => body.active);
    };
    const tokens = [one.accessToken, two.accessToken, katixo.accessToken];
    expect(await seen(primary, tokens)).toEqual([true, true, false]);
    expect(await seen(books, tokens)).toEqual([false, false, true]);
    const client = t.client(await services.token(primary));
    const { body } = await client.post('/auth/authorize', { ...LEADS, token: two.accessToken });
    expect(body).toEqual({ allowed: true, reason: null });
    const own = await client.post('/auth/authorize', LEADS);
    expect(own.body).toEqual({ allowed: false, reason: 'no_active_tenant' });

    // And is refused from the moment an operator revokes it
    const revoked = t.client(await services.token(books));
    expect((await revoked.get('/auth/verify')).status).toBe(204);
    const args = ['service-account', 'revoke', books.id, '--product', 'katixo', ...WHY];
    expect((await runProgram('admin', args, t.server)).code).toBe(0);
    expect((await revoked.get('/auth/verify')).status).toBe(401);
    expect((await runProgram('admin', args, t.server)).code).toBe(1);
    expect((await client.get('/auth/verify')).status).toBe(204);
  });

  it('is of a product that there is', async () => {
    const args = ['service-account', 'create', 'Typo', '--product', 'katxio', ...WHY];
    const { code, stderr } = await runProgram('admin', args, t.server);
    expect([code, stderr]).toEqual([1, expect.stringContaining('(primary, katixo, datixlab)')]);
  });
});

describe('the metadata of the server', () => {
  it.each(['oauth-authorization-server', 'openid-configuration'])(
    'at /.well-known/%s leads a library from the issuer to the keys',
    async (name) => {
      const owner = await t.given.tenant();
      const { iss: issuer = '' } = decodeJwt(owner.accessToken);
      const { status, body, headers } = await t.client().get<Record<string, string>>(`/.well-known/${name}`);
      expect([status, headers['access-control-allow-origin']]).toEqual([200, '*']);
      expect(body).toMatchObject({ issuer, token_endpoint: `${issuer}/oauth/token` });
      expect(body).not.toHaveProperty('authorization_endpoint');
      const jwks = remoteKeys(new URL(new URL(body.jwks_uri ?? '').pathname, t.server.origin));
      const verified = await jwtVerify(owner.accessToken, jwks, { issuer, audience: issuer, typ: 'at+jwt' });
      expect(verified.payload.sub).toBe(owner.user.id);
    },
  );

  it('and the keys are readable by a page of any origin', async () => {
    const { headers } = await t
      .client()
      .get('/.well-known/jwks.json', { headers: { origin: 'https://x.example' } });
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});
