import { generateKeyPairSync } from 'node:crypto';
import { jest } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import type { SessionState } from '../../common/actor.js';
import type { Config } from '../../config/config.js';
import { AccessTokensService } from './access-tokens.service.js';
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
    ...{ SIGNING_ALG: 'ES256', ACCESS_TOKEN_TTL_SECONDS: 60 },
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
