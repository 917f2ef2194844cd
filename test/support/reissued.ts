import type { Reply } from './client.js';
import { type Account, NEW_PASSWORD } from './given.js';
import type { TestApp } from './test-app.js';
import { TwoFactor } from './two-factor.js';

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** The additional fields of a response to a change of password or second factor, in the primary contract. */
export const NEW_PAIR = {
  accessToken: expect.stringMatching(TOKEN) as string,
  refreshToken: expect.stringMatching(TOKEN) as string,
  expiresIn: 3600,
};

/** And those in the datixlab contract. */
export const NEW_TOKEN = {
  access_token: expect.stringMatching(TOKEN) as string,
  token_type: 'bearer',
  expires_in: 3600,
};

export interface Pair {
  accessToken: string;
  refreshToken: string;
}

/** A session whose tokens are to be replaced, and the act that replaces them: its response has the new pair. */
export interface Replaceable {
  owner: Account;
  act: () => Promise<Reply>;
}

/** A session whose password is changed. */
export const changePassword = async (t: TestApp): Promise<Replaceable> => {
  const owner = await t.given.verifiedTenant();
  const body = { currentPassword: owner.password, newPassword: NEW_PASSWORD };
  return { owner, act: () => owner.client.post('/auth/change-password', body) };
};

/** Every act after which a session has a new pair; each on an account of its own. */
export const REPLACING: Record<string, (t: TestApp) => Promise<Replaceable>> = {
  'a change of the password': changePassword,
  'turning the second factor on': async (t) => {
    const owner = await t.given.tenant();
    const { authenticator } = await new TwoFactor(t).enrol(owner.client);
    return { owner, act: () => owner.client.post('/auth/confirm-2fa', { code: authenticator.code() }) };
  },
  'turning the second factor off': async (t) => {
    const owner = await new TwoFactor(t).owner();
    const body = { password: owner.password, code: owner.backupCodes[0] };
    return { owner, act: () => owner.client.post('/auth/disable-2fa', body) };
  },
};
