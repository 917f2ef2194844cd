import { NotTried } from '../outcomes.js';
import { Authenticator } from '../totp.js';
import { demand } from './demand.js';

/**
 * Turns the second factor of an account on. The account then has `authenticator`, with one unused code left for now,
 * and `backupCodes`. If the response renews the session's tokens, the account has the new ones.
 */
export async function protect(t, account) {
  const { body } = demand(await account.client.post('/auth/enable-2fa'), 200);
  account.authenticator = new Authenticator(body);
  account.backupCodes = body.backupCodes;
  const code = account.authenticator.fresh();
  renew(account, demand(await account.client.post('/auth/confirm-2fa', { code }), 200));
  return account;
}

/** Stores a new pair of tokens that a response may contain. */
export function renew(account, { body }) {
  if (!body.accessToken) return account;
  account.accessToken = body.accessToken;
  account.refreshToken = body.refreshToken ?? account.refreshToken;
  account.client = account.client.as(account.accessToken);
  return account;
}

/** The first step of a sign-in. */
export async function tempToken(t, { email, phone, password }) {
  const identifier = email ? { email } : { phone };
  const { body, text } = demand(await t.client().post('/auth/login', { ...identifier, password }), 200);
  if (body.requiresTwoFactor !== true) throw new Error(`No second factor was required: ${text}`);
  return body.tempToken;
}

/** Both steps of a sign-in, by a backup code: the authenticator has too few codes at a time. */
export async function signInWithCode(t, account) {
  const code = account.backupCodes.pop();
  if (!code) throw new NotTried('the account has no backup code left');
  const client = t.client();
  const body = { tempToken: await tempToken(t, account), code };
  const reply = demand(await client.post('/auth/verify-2fa', body), 200);
  return { ...account, ...reply.body, client: client.as(reply.body.accessToken) };
}
