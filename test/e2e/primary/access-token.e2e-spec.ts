import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { epochSeconds } from '../../support/clock.js';
import { type Changes, readSigningKey, resign, tamper } from '../../support/forge.js';
import { type Account, uniqueEmail } from '../../support/given.js';
import { remoteKeys } from '../../support/remote-keys.js';
import { UUID } from '../../support/shape.js';
import { createTestApp, useSharedApp } from '../../support/test-app.js';

const HOUR = 3600;

describe('access tokens', () => {
  const t = useSharedApp();
  let owner: Account;
  let key: KeyObject;
  const me = (token: string) => t.client(token).get('/auth/me');

  beforeAll(async () => {
    owner = await t.given.tenant();
    key = await readSigningKey(t);
  });

  it('are signed with ES256 and declare it, as RFC 9068 requires', () => {
    expect(decodeProtectedHeader(owner.accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String) as string,
    });
  });

  it('hold ids, role and times, and no other personal data', () => {
    const claims = decodeJwt(owner.accessToken);
    expect(claims).toMatchObject({
      iss: t.server.origin,
      sub: owner.user.id,
      client_id: 'primary',
      org_id: owner.tenant.id,
      role: 'admin',
      role_level: 100,
    });
    expect(claims.aud).toEqual(expect.any(String));
    expect(claims.sid).toMatch(UUID);
    expect(claims.jti).toMatch(UUID);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(HOUR);
    expect(claims.nbf).toBe(claims.iat);
    expect(JSON.stringify(claims)).not.toMatch(/@|Olga|Owner|Company/);
  });

  it('each have an id of their own', async () => {
    const again = await t.given.login(owner);
    expect(decodeJwt(again.accessToken).jti).not.toBe(decodeJwt(owner.accessToken).jti);
    expect(decodeJwt(again.accessToken).sid).not.toBe(decodeJwt(owner.accessToken).sid);
  });

  describe('GET /.well-known/jwks.json', () => {
    it('lets a product service verify them', async () => {
      const jwks = remoteKeys(`${t.server.origin}/.well-known/jwks.json`);
      const { payload } = await jwtVerify(owner.accessToken, jwks, {
        issuer: t.server.origin,
        typ: 'at+jwt',
        algorithms: ['ES256'],
      });
      expect(payload.sub).toBe(owner.user.id);
    });

    it('holds public keys only', async () => {
      const { status, body } = await t.client().get<{ keys: JsonWebKey[] }>('/.well-known/jwks.json');
      expect(status).toBe(200);
      expect(body.keys.length).toBeGreaterThan(0);
      for (const jwk of body.keys) {
        expect(jwk).toMatchObject({
          kty: 'EC',
          crv: 'P-256',
          use: 'sig',
          alg: 'ES256',
          kid: expect.any(String) as string,
        });
        expect(jwk).not.toHaveProperty('d');
      }
    });
  });

  it('are read from the Authorization header only', async () => {
    const { accessToken } = owner;
    expect((await t.get('/auth/me', { token: accessToken })).status).toBe(200);
    const elsewhere = [
      await t.get(`/auth/me?access_token=${accessToken}`),
      await t.get(`/auth/me?token=${accessToken}`),
      await t.get('/auth/me', {
        headers: { cookie: `accessToken=${accessToken}; access_token=${accessToken}` },
      }),
      await t.get('/auth/me', { headers: { 'x-access-token': accessToken } }),
    ];
    for (const reply of elsewhere) expect(reply).toBeProblem('authentication_required');
  });

  it.each(['Basic', 'Token', 'JWT', ''])('are refused under the scheme "%s"', async (scheme) => {
    const reply = await t.get('/auth/me', {
      headers: { authorization: `${scheme} ${owner.accessToken}`.trim() },
    });
    expect(reply.status).toBe(401);
  });

  it('are accepted under the scheme in any letter case', async () => {
    const reply = await t.get('/auth/me', { headers: { authorization: `bearer ${owner.accessToken}` } });
    expect(reply.status).toBe(200);
  });

  describe('forged with the server’s own key', () => {
    /** Only the check in the name can refuse it: everything else about the token is right. */
    const refused: [string, Changes][] = [
      ['typ of plain JWTs', { header: { typ: 'JWT' } }],
      ['typ of refresh tokens', { header: { typ: 'rt+jwt' } }],
      ['no typ', { header: { typ: undefined } }],
      ['an unknown kid', { header: { kid: 'nobody' } }],
      ['no kid', { header: { kid: undefined } }],
      ['a path as kid', { header: { kid: '../../../../dev/null' } }],
      ['SQL as kid', { header: { kid: `' OR '1'='1` } }],
      ['a critical extension', { header: { crit: ['x-new'], 'x-new': true } }],
      ['another issuer', { claims: { iss: 'https://evil.example' } }],
      ['no issuer', { claims: { iss: undefined } }],
      ['another audience', { claims: { aud: 'https://other.example' } }],
      ['no audience', { claims: { aud: undefined } }],
      ['an end in the past', { claims: { exp: epochSeconds() - 10 } }],
      ['no end', { claims: { exp: undefined } }],
      ['a text as end', { claims: { exp: 'never' } }],
      ['a start in the future', { claims: { nbf: epochSeconds() + 1800 } }],
      ['no subject', { claims: { sub: undefined } }],
      ['no session', { claims: { sid: undefined } }],
      ['the client of a service account', { claims: { client_id: '0192f3a0-0000-7000-8000-000000000000' } }],
      ['the scope of a service account', { claims: { scope: 'introspect' } }],
      ['a session that never was', { claims: { sid: '0192f3a0-0000-7000-8000-000000000000' } }],
      ['a session that is no id', { claims: { sid: `x' OR '1'='1` } }],
    ];

    it('is accepted where nothing was changed', async () => {
      expect((await me(await resign(owner.accessToken, key))).status).toBe(200);
    });

    it.each(refused)('is refused: %s', async (_, changes) => {
      const forged = await resign(owner.accessToken, key, changes);
      expect(await me(forged)).toBeProblem('access_token_invalid');
    });

    it('is refused for another person than the session’s', async () => {
      const victim = await t.given.tenant();
      const forged = await resign(owner.accessToken, key, { claims: { sub: victim.user.id } });
      expect(await me(forged)).toBeProblem('access_token_invalid');
    });

    it('gains nothing from a higher role or another tenant in its claims', async () => {
      const stranger = await t.given.tenant();
      const member = await t.given.member(owner);
      const claims = { role: 'admin', role_level: 100, org_id: stranger.tenant.id };
      const reply = await me(await resign(member.accessToken, key, { claims }));
      // Refused altogether or read from the database: in both cases the same rights as before
      if (reply.status === 200) {
        expect(reply.body).toMatchObject({
          role: 'user',
          roleLevel: 10,
          tenant: { slug: owner.tenant.slug },
        });
      } else {
        expect(reply).toBeProblem('access_token_invalid');
      }
    });
  });

  describe('forged without the key', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

    it.each(['none', 'None', 'NONE', 'nOnE'])('is refused under the algorithm %s', async (alg) => {
      expect(await me(tamper(owner.accessToken, { header: { alg } }, ''))).toBeProblem(
        'access_token_invalid',
      );
      expect(await me(tamper(owner.accessToken, { header: { alg } }))).toBeProblem('access_token_invalid');
    });

    it('is refused where the public key was used as a shared secret', async () => {
      const [jwk] = (await t.client().get<{ keys: JsonWebKey[] }>('/.well-known/jwks.json')).body.keys;
      const pem = createPublicKey({ key: jwk ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
      const secrets = [
        Buffer.from(pem),
        Buffer.from(pem.toString().trim()),
        Buffer.from(JSON.stringify(jwk)),
      ];
      for (const secret of secrets) {
        const forged = await resign(owner.accessToken, createSecretKey(secret), { header: { alg: 'HS256' } });
        expect(await me(forged)).toBeProblem('access_token_invalid');
      }
    });

    it('is refused where it brings its own key', async () => {
      const jwk = stranger.publicKey.export({ format: 'jwk' });
      expect(createLocalJWKSet({ keys: [{ ...jwk, kty: 'EC' }] })).toBeDefined();
      for (const header of [
        { jwk },
        { jku: 'https://evil.example/jwks' },
        { x5u: 'https://evil.example/x' },
        {},
      ]) {
        const forged = await resign(owner.accessToken, stranger.privateKey, { header });
        expect(await me(forged)).toBeProblem('access_token_invalid');
      }
    });

    it('is refused where a claim was changed', async () => {
      const victim = await t.given.tenant();
      const claims = { ...decodeJwt(victim.accessToken) };
      expect(await me(tamper(owner.accessToken, { claims }))).toBeProblem('access_token_invalid');
    });

    it('is refused cut, lengthened, or in another letter case', async () => {
      const token = owner.accessToken;
      const broken = [1, 2, 3, 10, 43, 86, 87].map((length) => token.slice(0, -length));
      broken.push(
        `${token}A`,
        `${token}.`,
        `.${token}`,
        token.toUpperCase(),
        `${token}.${token}`,
        'x',
        'a.b.c',
        '..',
      );
      broken.push('A'.repeat(8000));
      for (const forged of broken) expect(await me(forged)).toBeProblem('access_token_invalid');
    });

    it('is refused where it is a refresh token', async () => {
      expect(await me(owner.refreshToken)).toBeProblem('access_token_invalid');
    });
  });

  describe('follow the present state, not their claims', () => {
    it('the role', async () => {
      const manager = await t.given.member(owner, 'manager');
      const invite = () => manager.client.post('/auth/invite', { email: uniqueEmail(), role: 'user' });
      expect((await invite()).status).toBe(201);

      await t.database.query(
        `UPDATE memberships SET role_id = (SELECT id FROM roles WHERE tenant_id = $1 AND key = 'user') WHERE user_id = $2`,
        [owner.tenant.id, manager.user.id],
      );

      expect(await invite()).toBeProblem('permission_missing');
      expect((await manager.client.get('/auth/me')).body).toMatchObject({ role: 'user', roleLevel: 10 });
    });
  });
});

describe('access tokens with a shared secret', () => {
  const secret = 'a-secret-of-the-resource-servers-and-us';
  const t = createTestApp({ SIGNING_ALG: 'HS256', JWT_SECRET: secret, ACCESS_TOKEN_TTL_SECONDS: '1800' });
  const key = createSecretKey(Buffer.from(secret));

  it('are HS256, and the key is not published', async () => {
    const owner = await t.given.tenant();
    const { payload } = await jwtVerify(owner.accessToken, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      typ: 'at+jwt',
    });
    expect(payload.sub).toBe(owner.user.id);
    expect((await owner.client.get('/auth/me')).status).toBe(200);
    const jwks = await t.client().get<{ keys: unknown[] }>('/.well-known/jwks.json');
    expect(jwks.body.keys).toEqual([]);
  });

  it('live as long as they say', async () => {
    const owner = await t.given.tenant();
    const { exp = 0, iat = 0 } = decodeJwt(owner.accessToken);
    expect(exp - iat).toBe(1800);
    expect((await t.post('/auth/refresh', { refreshToken: owner.refreshToken })).body.expiresIn).toBe(1800);

    const ended = { exp: epochSeconds() - 6, iat: epochSeconds() - 1806, nbf: epochSeconds() - 1806 };
    const forged = await resign(owner.accessToken, key, { claims: ended });
    expect(await owner.client.get('/auth/me', { token: forged })).toBeProblem('access_token_invalid');
    const alive = await resign(owner.accessToken, key, { claims: { ...ended, exp: epochSeconds() + 600 } });
    expect((await owner.client.get('/auth/me', { token: alive })).status).toBe(200);
  });

  it('are refused under another algorithm', async () => {
    const owner = await t.given.tenant();
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = await resign(owner.accessToken, stranger.privateKey, { header: { alg: 'ES256' } });
    expect(await owner.client.get('/auth/me', { token: forged })).toBeProblem('access_token_invalid');
    const longer = await resign(owner.accessToken, key, { header: { alg: 'HS512' } });
    expect(await owner.client.get('/auth/me', { token: longer })).toBeProblem('access_token_invalid');
  });
});
