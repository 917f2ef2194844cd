import type { Claim } from './journal.js';

export interface Pair {
  accessToken: string;
  refreshToken: string;
}

const change = (holds: Claim['holds']): Claim => ({ kind: 'change', holds });
const revocation = (holds: Claim['holds']): Claim => ({ kind: 'revocation', holds });
const logIn = (email: string, password: string) => ({ body: { email, password } });

export const passwordIs = (email: string, password: string): Claim =>
  change(async (ask) => (await ask('POST', '/auth/login', logIn(email, password))).status === 200);

export const passwordIsNoLonger = (email: string, password: string): Claim =>
  revocation(async (ask) => (await ask('POST', '/auth/login', logIn(email, password))).status === 401);

/** Within the grace period a refresh token can be exchanged at each server. */
export const isSignedIn = ({ refreshToken }: Pair): Claim =>
  change(async (ask) => {
    const { status, body } = await ask('POST', '/auth/refresh', { body: { refreshToken } });
    if (status !== 200) return false;
    return (await ask('GET', '/auth/me', { token: body.accessToken })).status === 200;
  });

export const isSignedOut = ({ accessToken, refreshToken }: Pair): Claim =>
  revocation(async (ask) => {
    const access = await ask('GET', '/auth/me', { token: accessToken });
    const refresh = await ask('POST', '/auth/refresh', { body: { refreshToken } });
    return access.status === 401 && refresh.status === 401;
  });

export const hasRole = (email: string, password: string, role: string): Claim =>
  change(async (ask) => (await ask('POST', '/auth/login', logIn(email, password))).body.user?.role === role);

export const isInvited = (token: string): Claim =>
  change(async (ask) => (await ask('GET', invitation(token))).status === 200);

export const isInvitedNoLonger = (token: string): Claim =>
  revocation(async (ask) => (await ask('GET', invitation(token))).status >= 400);

const invitation = (token: string): string => `/auth/invite/validate?token=${token}`;

export const keyWorks = (key: string): Claim =>
  change(async (ask) => (await ask('GET', '/auth/me', { token: key })).status === 200);

export const keyIsRevoked = (key: string): Claim =>
  revocation(async (ask) => (await ask('GET', '/auth/me', { token: key })).status === 401);
