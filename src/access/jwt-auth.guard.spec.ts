import { jest } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import type { SessionState } from '../common/actor.js';
import type { AccessClaims } from '../modules/sessions/access-claims.js';
import type { AccessTokensService } from '../modules/sessions/access-tokens.service.js';
import type { SessionStatesService } from '../modules/sessions/session-states.service.js';
import { AccessTokenInvalid } from '../modules/sessions/sessions.errors.js';
import { JwtStrategy } from './jwt.strategy.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import type { AccessRequest } from './request.js';

const CLAIMS = { sid: 's' } as AccessClaims;

/** The guard with passport and passport-jwt as they are, and services that the tests direct. */
function start() {
  const tokens = {
    recall: jest.fn<(token: string) => AccessClaims | undefined>(),
    verify: jest.fn((token: string) =>
      token === 'good' ? Promise.resolve(CLAIMS) : Promise.reject(new AccessTokenInvalid()),
    ),
  };
  const states = {
    getByClaims: jest.fn(() => Promise.resolve({ user: { id: 'u' } } as SessionState)),
  };
  const accessTokens = tokens as unknown as AccessTokensService;
  const strategy = new JwtStrategy(accessTokens, states as unknown as SessionStatesService);
  const guard = new JwtAuthGuard(accessTokens, strategy);
  const send = async (authorization: string) => {
    const request = { id: 'r', ip: '192.0.2.1', headers: { authorization } } as unknown as AccessRequest;
    const http = { getRequest: () => request, getResponse: () => ({}) };
    await guard.canActivate({ switchToHttp: () => http } as unknown as ExecutionContext);
    return request.caller;
  };
  return { tokens, states, send };
}

const CALLER = {
  kind: 'user',
  userId: 'u',
  session: { user: { id: 'u' } },
  origin: { address: '192.0.2.1', userAgent: null, requestId: 'r' },
};

describe('JwtAuthGuard', () => {
  it('sets the caller of a request with a valid token, under the scheme in any letter case', async () => {
    const { tokens, states, send } = start();
    expect(await send('Bearer good')).toEqual(CALLER);
    expect(await send('bEARER good')).toEqual(CALLER);
    expect(tokens.verify).toHaveBeenCalledTimes(2);
    expect(states.getByClaims).toHaveBeenCalledWith(CLAIMS);
  });

  it('reads the session, and verifies nothing, for a token verified before', async () => {
    const { tokens, states, send } = start();
    tokens.recall.mockImplementation((token) => (token === 'good' ? CLAIMS : undefined));
    expect(await send('Bearer good')).toEqual(CALLER);
    expect(tokens.verify).not.toHaveBeenCalled();
    expect(states.getByClaims).toHaveBeenCalledTimes(1);
  });

  it('passes on what the verification and the session threw', async () => {
    const { tokens, states, send } = start();
    await expect(send('Bearer bad')).rejects.toThrow(AccessTokenInvalid);
    const away = new Error('connection lost');
    tokens.verify.mockRejectedValueOnce(away);
    await expect(send('Bearer good')).rejects.toBe(away);
    states.getByClaims.mockRejectedValueOnce(away);
    await expect(send('Bearer good')).rejects.toBe(away);
    states.getByClaims.mockRejectedValueOnce(new AccessTokenInvalid());
    await expect(send('Bearer good')).rejects.toThrow(AccessTokenInvalid);
  });
});
