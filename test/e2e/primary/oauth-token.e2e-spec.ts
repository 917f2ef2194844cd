import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import type { Client } from '../../support/client.js';
import { epochSeconds } from '../../support/clock.js';
import { type Account } from '../../support/given.js';
import {
  basic,
  FORM,
  SERVICE_ACCOUNTS,
  type ServiceAccountAnswer,
  ServiceAccounts,
} from '../../support/service-accounts.js';
import { useSharedApp } from '../../support/test-app.js';

/** Seconds: shorter than the longest that is accepted, and so long that no machine stands still for it. */
const LIFETIME = 300;
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

describe('POST /oauth/token', () => {
  const t = useSharedApp();
  const services = new ServiceAccounts(t);
  let owner: Account;
  let account: ServiceAccountAnswer;

  const bySecret = ({ id, clientSecret }: ServiceAccountAnswer) => ({
    client_id: id,
    client_secret: clientSecret ?? '',
  });
  const introspect = (client: Client, token: string) =>
    client.post<{ active: boolean; client_id?: string }>('/auth/introspect', { token });

  beforeAll(async () => {
    owner = await t.given.tenant();
    account = await services.create(owner, { scopes: ['introspect', 'authorize', 'leads.view'] });
  });

  it('gives a token whose claims are those of RFC 9068', async () => {
    const { status, headers, body } = await services.ask(bySecret(account));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'introspect authorize leads.view',
    });
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const { iss, aud, sub, client_id, scope, org_id, sid, role } = decodeJwt(body.access_token);
    expect({ iss, aud, sub, client_id, scope, org_id, sid, role }).toEqual({
      ...{ iss: aud, aud: iss, sub: account.id, client_id: account.id, scope: body.scope },
      org_id: owner.tenant.id,
    });
  });

  it('accepts the secret by Basic authentication, form-encoded', async () => {
    const authorization = basic(account.id, account.clientSecret ?? '');
    expect((await services.ask({}, { authorization })).status).toBe(200);
    expect((await services.ask({ client_id: account.id }, { authorization })).status).toBe(200);
    const encoded = authorization.replace(/^Basic/, 'bAsIc');
    expect((await services.ask({ client_secret: '', scope: '' }, { authorization: encoded })).status).toBe(
      200,
    );
    const percent = Buffer.from(
      `${account.id}:${(account.clientSecret ?? '').replaceAll('_', '%5F')}`,
    ).toString('base64');
    expect((await services.ask({}, { authorization: `Basic ${percent}` })).status).toBe(200);
  });

  it.each([
    ['an unknown client', () => ({ client_id: randomUUID(), client_secret: account.clientSecret ?? '' })],
    ['a client id of no form', () => ({ client_id: 'x', client_secret: account.clientSecret ?? '' })],
    ['a wrong secret', () => ({ client_id: account.id, client_secret: `${account.clientSecret}x` })],
    ['no secret', () => ({ client_id: account.id })],
    ['nothing', () => ({})],
  ])('refuses %s with the same bytes', async (_, fields) => {
    const { status, headers, body, text } = await services.ask(fields());
    expect(status).toBe(401);
    // A Basic challenge would open a dialog in browsers
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body.error).toBe('invalid_client');
    expect(text).toBe((await services.ask({ client_id: 'other', client_secret: 'other' })).text);
  });

  it.each([
    ['Basic', 'Basic !!!'],
    ['no colon', `Basic ${Buffer.from('abc').toString('base64')}`],
    ['a broken escape', `Basic ${Buffer.from('a%zz:b').toString('base64')}`],
    ['another scheme', 'Bearer abc'],
    ['an empty one', 'Basic '],
  ])('refuses an Authorization header with %s', async (_, authorization) => {
    const { status, body } = await services.ask({}, { authorization });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  it.each([
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no grant', { grant_type: '' }, 'invalid_request'],
    ['an unknown scope', { scope: 'everything' }, 'invalid_scope'],
    ['a scope that the account lacks', { scope: 'leads.delete' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'leads.view  introspect' }, 'invalid_scope'],
  ])('refuses %s', async (_, fields, error) => {
    const { status, body } = await services.ask({ ...bySecret(account), ...fields });
    expect([status, body.error]).toEqual([400, error]);
  });

  it('refuses two ways to authenticate, and client ids that differ', async () => {
    const authorization = basic(account.id, account.clientSecret ?? '');
    const twice = await services.ask({ client_secret: 'x' }, { authorization });
    const other = await services.ask({ client_id: randomUUID() }, { authorization });
    expect([twice.body.error, other.body.error]).toEqual(['invalid_request', 'invalid_request']);
  });

  it('reads forms only, each field once, and ignores unknown fields', async () => {
    const client = t.client();
    const json = await client.post<{ error: string }>('/oauth/token', {
      grant_type: 'client_credentials',
      ...bySecret(account),
    });
    expect([json.status, json.body.error]).toEqual([415, 'invalid_request']);
    const latin = await client.post<{ error_description: string }>('/oauth/token', 'grant_type=x', {
      headers: { 'content-type': `${FORM['content-type']}; charset=iso-8859-1` },
    });
    expect([latin.status, latin.body.error_description]).toEqual([
      415,
      'Send application/x-www-form-urlencoded in UTF-8.',
    ]);
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...bySecret(account) });
    const twice = await client.post<{ error: string }>('/oauth/token', `${form.toString()}&scope=a&scope=b`, {
      headers: FORM,
    });
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request']);
    expect((await services.ask({ ...bySecret(account), display: 'page' })).status).toBe(200);
  });

  it('speaks OAuth’s format at every path below /oauth', async () => {
    const { status, body } = await t.client().get<{ error: string }>('/oauth/nowhere');
    expect([status, body.error]).toEqual([404, 'invalid_request']);
  });

  it('narrows the scope of a token to what was asked', async () => {
    const token = await services.token(account, 'introspect');
    const asked = t.client(token);
    expect((await introspect(asked, owner.accessToken)).body.active).toBe(true);
    const { status, body } = await asked.post('/auth/authorize', {
      ...{ resource: 'leads', action: 'view' },
      token: owner.accessToken,
    });
    expect([status, body.code]).toEqual([403, 'permission_missing']);
  });

  describe('by private_key_jwt', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    let keyed: ServiceAccountAnswer;
    let issuer: string;

    const sign = (claims: JWTPayload = {}, key: KeyObject = privateKey, alg = 'ES256') =>
      new SignJWT({
        ...{ iss: keyed.id, sub: keyed.id, aud: issuer, jti: randomUUID(), exp: epochSeconds() + LIFETIME },
        ...claims,
      })
        .setProtectedHeader({ alg })
        .sign(key);
    const send = (assertion: string, fields = {}) =>
      services.ask({ client_assertion: assertion, client_assertion_type: ASSERTION, ...fields });

    beforeAll(async () => {
      keyed = await services.create(owner, { jwks: { keys: [publicKey.export({ format: 'jwk' })] } });
      issuer = decodeJwt(owner.accessToken).iss ?? '';
    });

    it('needs no secret, and has none', async () => {
      expect([keyed.clientSecret, keyed.lastFour]).toEqual([null, null]);
      expect((await send(await sign())).status).toBe(200);
      const aud = [`${issuer}/oauth/token`, 'https://elsewhere.example.com'];
      expect((await send(await sign({ aud }), { client_id: keyed.id })).status).toBe(200);
      const { body } = await services.rotate(owner, keyed.id);
      expect(body).toMatchObject({ code: 'service_account_without_secret' });
    });

    it('accepts an assertion once in a parallel burst', async () => {
      const assertion = await sign();
      const replies = await Promise.all(Array.from({ length: 20 }, () => send(assertion)));
      const statuses = replies.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array<number>(19).fill(401)]);
    });

    it.each<[string, () => Promise<string>]>([
      ['signed by another key', () => sign({}, other.privateKey)],
      ['for another audience', () => sign({ aud: 'https://elsewhere.example.com' })],
      ['of another issuer', () => sign({ iss: account.id })],
      ['for an account with a secret', () => sign({ iss: account.id, sub: account.id })],
      ['that has expired', () => sign({ exp: epochSeconds() - 60 })],
      ['without an end', () => sign({ exp: undefined })],
      ['that is valid for a day', () => sign({ exp: epochSeconds() + 86_400 })],
      ['that is not valid yet', () => sign({ nbf: epochSeconds() + LIFETIME })],
      ['without jti', () => sign({ jti: undefined })],
      ['with an empty jti', () => sign({ jti: '' })],
      ['that is no JWT', () => Promise.resolve('a.b.c')],
      [
        'without a signature',
        async () => {
          const [, payload = ''] = (await sign()).split('.');
          return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
        },
      ],
      [
        'signed with the public key as a shared secret',
        () =>
          new SignJWT({
            iss: keyed.id,
            sub: keyed.id,
            aud: issuer,
            jti: randomUUID(),
            exp: epochSeconds() + LIFETIME,
          })
            .setProtectedHeader({ alg: 'HS256' })
            .sign(Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }))),
      ],
      ['that is an access token', () => Promise.resolve(owner.accessToken)],
    ])('refuses one %s', async (_, assertion) => {
      const { status, body } = await send(await assertion());
      expect([status, body.error]).toEqual([401, 'invalid_client']);
    });

    it('refuses another client id, and another type of assertion', async () => {
      const differs = await send(await sign(), { client_id: account.id });
      expect(differs.body.error).toBe('invalid_client');
      const type = await send(await sign(), { client_assertion_type: 'saml' });
      expect(type.body.error).toBe('invalid_request');
    });

    it('tries each of two keys that no kid tells apart', async () => {
      const both = { keys: [publicKey, other.publicKey].map((key) => key.export({ format: 'jwk' })) };
      const { id } = await services.create(owner, { jwks: both });
      const own = { iss: id, sub: id };
      for (const key of [privateKey, other.privateKey])
        expect((await send(await sign(own, key))).status).toBe(200);
      const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      expect((await send(await sign(own, stranger))).body.error).toBe('invalid_client');
      expect((await send(await sign({ ...own, aud: 'https://elsewhere.example.com' }))).status).toBe(401);
    });

    it('ends with the key that is replaced', async () => {
      const [before, after] = [publicKey, other.publicKey].map((key) => ({
        keys: [key.export({ format: 'jwk' })],
      }));
      const { id } = await services.create(owner, { jwks: before });
      const own = { iss: id, sub: id };
      expect((await send(await sign(own))).status).toBe(200);
      expect((await owner.client.patch(`${SERVICE_ACCOUNTS}/${id}`, { jwks: after })).status).toBe(200);
      expect((await send(await sign(own))).status).toBe(401);
      expect((await send(await sign(own, other.privateKey))).status).toBe(200);
    });

    it.each([
      ['a private key', { keys: [privateKey.export({ format: 'jwk' })] }],
      ['a shared secret', { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] }],
      [
        'a short RSA key',
        { keys: [generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })] },
      ],
      [
        'another curve',
        { keys: [generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })] },
      ],
      ['no key', { keys: [] }],
      ['six keys', { keys: Array(6).fill(publicKey.export({ format: 'jwk' })) }],
      ['a text', { keys: ['x'] }],
      ['a key for encryption', { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'enc' }] }],
      ['a key that only signs', { keys: [{ ...publicKey.export({ format: 'jwk' }), key_ops: ['sign'] }] }],
      ['a key of another algorithm', { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256' }] }],
      ['a key without algorithm', { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'none' }] }],
    ])('is not offered with %s', async (_, jwks) => {
      const { status, body } = await owner.client.post(SERVICE_ACCOUNTS, { name: 'Keys', jwks });
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    });
  });
});
