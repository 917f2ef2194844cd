import { generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import type { Account } from '../support/given.js';
import { remoteKeys } from '../support/remote-keys.js';
import { type ServiceAccountAnswer, ServiceAccounts } from '../support/service-accounts.js';
import { useSharedApp } from '../support/test-app.js';

/** openid-client and jose, as a service uses them: it knows the issuer and its own credential. */
describe('a client library that knows the issuer only', () => {
  const t = useSharedApp();
  const services = new ServiceAccounts(t);
  const INSECURE = { execute: [oidc.allowInsecureRequests] };
  let owner: Account;
  let account: ServiceAccountAnswer;

  beforeAll(async () => {
    owner = await t.given.tenant();
    account = await services.create(owner);
  });

  const discover = (id: string, authentication: oidc.ClientAuth) =>
    oidc.discovery(new URL(t.server.origin), id, undefined, authentication, INSECURE);
  const secretOf = ({ clientSecret }: ServiceAccountAnswer) => clientSecret ?? '';

  it.each([
    ['Basic', () => oidc.ClientSecretBasic(secretOf(account))],
    ['the form', () => oidc.ClientSecretPost(secretOf(account))],
  ])('gets a token by its secret in %s, whose keys it finds', async (_, authentication) => {
    const client = await discover(account.id, authentication());
    const { issuer, jwks_uri: uri = '' } = client.serverMetadata();
    const tokens = await oidc.clientCredentialsGrant(client, { scope: 'introspect' });
    expect([tokens.token_type, tokens.scope, tokens.expires_in]).toEqual(['bearer', 'introspect', 3600]);

    const keys = remoteKeys(uri);
    const checks = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['ES256'] };
    const { payload } = await jwtVerify(tokens.access_token, keys, checks);
    expect([payload.sub, payload.org_id]).toEqual([account.id, owner.tenant.id]);
    expect((await jwtVerify(owner.accessToken, keys, checks)).payload.sub).toBe(owner.user.id);
  });

  it('gets one by private_key_jwt', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyed = await services.create(owner, { jwks: { keys: [publicKey.export({ format: 'jwk' })] } });
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
    const client = await discover(keyed.id, oidc.PrivateKeyJwt(key));
    // Each assertion of the library has its own jti
    for (const tokens of [
      await oidc.clientCredentialsGrant(client),
      await oidc.clientCredentialsGrant(client),
    ])
      expect(tokens.scope).toBe('introspect authorize');
  });

  it('introspects tokens of people and its own', async () => {
    const client = await discover(account.id, oidc.ClientSecretBasic(secretOf(account)));
    const person = await oidc.tokenIntrospection(client, owner.accessToken);
    expect([person.active, person.sub]).toEqual([true, owner.user.id]);
    const own = await oidc.clientCredentialsGrant(client);
    const machine = await oidc.tokenIntrospection(client, own.access_token);
    expect([machine.active, machine.client_id]).toEqual([true, account.id]);
    expect((await oidc.tokenIntrospection(client, 'nothing')).active).toBe(false);
  });

  it('is told of a wrong secret and of a scope it lacks in the words of RFC 6749', async () => {
    const wrong = await discover(account.id, oidc.ClientSecretBasic('cs_live_wrong'));
    await expect(oidc.clientCredentialsGrant(wrong)).rejects.toMatchObject({ status: 401 });
    const right = await discover(account.id, oidc.ClientSecretPost(secretOf(account)));
    const lacking = oidc.clientCredentialsGrant(right, { scope: 'leads.delete' });
    await expect(lacking).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  it('finds the same at the place of RFC 8414', async () => {
    const options = { ...INSECURE, algorithm: 'oauth2' } as const;
    const { origin } = t.server;
    const client = await oidc.discovery(new URL(origin), account.id, secretOf(account), undefined, options);
    expect(client.serverMetadata().token_endpoint).toBe(`${origin}/oauth/token`);
  });
});
