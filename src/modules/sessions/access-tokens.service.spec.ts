import { generateKeyPairSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import type { SessionState } from '../../common/actor.js';
import type { Config } from '../../config/config.js';
import { AccessTokensService } from './access-tokens.service.js';
import { JwsSigner } from './jws-signer.js';
import { AccessTokenInvalid } from './sessions.errors.js';
import type { OwnSigningKey } from './signing-key.js';
import type { SigningKeysService } from './signing-keys.service.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const KEY: OwnSigningKey = { kid: 'k', algorithm: 'ES256', sign: privateKey, verify: publicKey };
const ID = '0192f3a0-0000-7000-8000-000000000000';
const STATE = {
  sessionId: ID,
  tokenVersion: 0,
  user: { id: ID },
  membership: null,
  expiresAt: new Date('2100-01-01'),
} as unknown as SessionState;

/** The service with real signatures and one key, whose state the tests change. */
function start() {
  const keys = {
    current: KEY,
    refresh: jest.fn(() => Promise.resolve()),
    find: (kid: string) => Promise.resolve(kid === KEY.kid ? KEY : null),
    isValid: jest.fn(() => true),
  };
  const config = {
    ...{ publicUrl: 'https://id.example', PRODUCT_AUDIENCES: new Map() },
    ...{ SIGNING_ALG: 'ES256', ACCESS_TOKEN_TTL_SECONDS: 600 },
  };
  const jwt = new JwtService({});
  const verifications = jest.spyOn(jwt, 'verifyAsync');
  const tokens = new AccessTokensService(
    jwt,
    keys as unknown as SigningKeysService,
    config as unknown as Config,
  );
  return { tokens, keys, verifications };
}

describe('AccessTokensService', () => {
  it('verifies what it signed, and each signature once', async () => {
    const { tokens, verifications } = start();
    const { accessToken } = tokens.sign(STATE);
    const claims = await tokens.verify(accessToken);
    expect(claims).toMatchObject({ sub: ID, sid: ID, ver: 0, iss: 'https://id.example' });
    expect(await tokens.verify(accessToken)).toEqual(claims);
    expect(verifications).toHaveBeenCalledTimes(1);
  });

  it('verifies again after the key ceased to be valid', async () => {
    const { tokens, keys, verifications } = start();
    const { accessToken } = tokens.sign(STATE);
    await tokens.verify(accessToken);
    keys.isValid.mockReturnValueOnce(false);
    await tokens.verify(accessToken);
    expect(verifications).toHaveBeenCalledTimes(2);
  });

  it('remembers no refusal', async () => {
    const { tokens } = start();
    const { accessToken } = tokens.sign(STATE);
    await expect(tokens.verify(`${accessToken.slice(0, -4)}AAAA`)).rejects.toThrow(AccessTokenInvalid);
    await expect(tokens.verify(accessToken)).resolves.toMatchObject({ sub: ID });
  });

  it('does not report an unreadable key as an invalid token', async () => {
    const { tokens, keys } = start();
    const { accessToken } = tokens.sign(STATE);
    const away = new Error('connection lost');
    keys.refresh.mockRejectedValue(away);
    await expect(tokens.verify(accessToken)).rejects.toBe(away);
  });
});

describe('tells people and service accounts apart', () => {
  const now = Math.floor(STATE.expiresAt.getTime() / 1000);
  const signer = new JwsSigner(privateKey, { alg: 'ES256', typ: 'at+jwt', kid: KEY.kid });
  const times = { iat: 1, nbf: 1, exp: now };
  const common = { iss: 'https://id.example', aud: 'https://id.example', jti: 'j', sub: ID, ...times };
  const person = { ...common, sid: ID, ver: 0, client_id: 'katixo' };
  const client = { ...common, client_id: ID, scope: 'introspect' };
  const OTHER = ID.replace(/^0/, 'f');

  /** As whom a token with these claims passes, whichever question is asked first. */
  async function kinds(claims: object): Promise<string[]> {
    const { tokens } = start();
    const token = signer.sign(claims);
    const asPerson = await tokens.verify(token).catch(() => null);
    const asClient = await tokens.findForClient(token);
    const recalled = tokens.recall(token);
    expect(recalled).toEqual(asPerson ?? undefined);
    return [asPerson && 'person', asClient && 'client'].filter((kind) => kind !== null);
  }

  it.each([
    ['a product', 'clinic', 'clinic'],
    ['no product', null, 'primary'],
  ])('names the client of a person in a tenant of %s', async (_, product, expected) => {
    const { tokens } = start();
    const tenant = { id: OTHER, product };
    const membership = { tenant, role: { key: 'r', level: 1 } };
    const { accessToken } = tokens.sign({ ...STATE, membership } as unknown as SessionState);
    expect((await tokens.verify(accessToken)).client_id).toBe(expected);
    expect(await tokens.findForClient(accessToken)).toBeNull();
    expect((await tokens.verify(tokens.sign(STATE).accessToken)).client_id).toBe('primary');
  });

  it('also before and after people had a client', async () => {
    expect(await kinds(person)).toEqual(['person']);
    expect(await kinds({ ...person, client_id: undefined })).toEqual(['person']);
    expect(await kinds(client)).toEqual(['client']);
    const { tokens } = start();
    const machine = { id: ID, tenantId: null, product: 'katixo', scope: 'authorize' };
    await expect(tokens.verify(tokens.signForClient(machine).accessToken)).rejects.toThrow(
      AccessTokenInvalid,
    );
  });

  it.each<[string, object]>([
    ['a person with the id of a service account', { ...person, client_id: OTHER }],
    ['a person who is their own client', { ...person, client_id: ID }],
    ['a person with a scope', { ...person, scope: 'introspect' }],
    ['a person with a client that is no text', { ...person, client_id: ['katixo'] }],
    ['a person with a client of null', { ...person, client_id: null }],
    ['a person without a session', { ...person, sid: undefined }],
    ['a person without a session, with a scope', { ...person, sid: undefined, scope: 'introspect' }],
    ['a service account with a session', { ...client, sid: OTHER }],
    ['a service account with a whole session', { ...client, sid: OTHER, ver: 0 }],
    ['a service account with a session of null', { ...client, sid: null }],
    ['a service account with the version of a session', { ...client, ver: 0 }],
    ['a service account with a role', { ...client, role: 'admin' }],
    ['a service account in whose place an operator acts', { ...client, act: { sub: OTHER } }],
    ['a service account with the client of a person', { ...client, client_id: 'katixo' }],
    ['a service account with another client', { ...client, client_id: OTHER }],
    ['a service account without a scope', { ...client, scope: undefined }],
  ])('lets %s pass as neither', async (_, claims) => {
    expect(await kinds(claims)).toEqual([]);
  });
});
