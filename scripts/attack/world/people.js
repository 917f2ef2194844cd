import { NotTried } from '../outcomes.js';
import { demand } from './demand.js';
import { freshMessage } from './fresh-message.js';
import { tokenOf } from './mailbox.js';
import { newPassword, uniqueEmail, uniqueName } from './names.js';
import { removeAccount } from './removal.js';

/** A body for POST /auth/register, unique to the run. */
export function registration(overrides = {}) {
  return {
    email: uniqueEmail('owner'),
    password: newPassword(),
    companyName: uniqueName(),
    firstName: 'Attack',
    lastName: 'Pack',
    ...overrides,
  };
}

/** An account with these tokens, which is deleted in the end. */
export function adopt(t, client, { body }, { email, phone, password }) {
  const { accessToken, refreshToken, user, tenant } = body;
  const tokens = { accessToken, refreshToken, user, tenant, client: client.as(accessToken) };
  const account = { email, phone, password, ...tokens };
  t.remove((scope) => removeAccount(scope, account));
  return account;
}

/** As `adopt`, for a response of Katixo. */
export function adoptKatixo(t, client, { body }, known) {
  const { accessToken, refreshToken, user, organisation } = body.data;
  return adopt(t, client, { body: { accessToken, refreshToken, user, tenant: organisation } }, known);
}

/** A new tenant and its owner, who has verified the address where the pack can read its mail. */
export async function tenant(t, { verified = true, ...overrides } = {}) {
  t.needRegistration();
  const body = registration(overrides);
  const client = t.client();
  const account = adopt(t, client, demand(await client.post('/auth/register', body), 201), body);
  if (verified && t.target.hasMailbox) await verifyEmail(t, account);
  return account;
}

async function verifyEmail(t, account) {
  const token = await t.mailbox.token(account.email, 'verify-email');
  demand(await account.client.post('/auth/verify-email', { token }), 200);
}

/** An owner whose tenant a case may add to, and must leave unchanged: a new one, or the operator's. */
export async function organisation(t) {
  return t.world.mayRegister ? tenant(t) : { ...t.home, client: t.as(t.home) };
}

/** An open invitation of a new person, and the secret from its message. */
export async function invite(t, by, { role = 'user', email = uniqueEmail('invited'), ...more } = {}) {
  const { mailbox } = t;
  const client = t.as(by);
  const { id } = demand(await client.post('/auth/invite', { email, role, ...more }), 201).body;
  t.remove(async () => {
    await client.delete(`/tenants/current/invitations/${id}`);
  });
  return { id, email, role, token: await mailbox.token(email, 'invitation') };
}

/** A new person who accepted an invitation into this tenant. */
export async function member(t, of, role = 'user') {
  const { email, token } = await invite(t, of, { role });
  const client = t.client();
  const body = { token, password: newPassword(), firstName: 'Attack', lastName: 'Member' };
  const reply = demand(await client.post('/auth/invite/accept', body), 201);
  const joined = adopt(t, client, reply, { email, password: body.password });
  leaves(t, of, joined.user.id);
  return joined;
}

/** In the end this person is removed from the tenant: its owner cannot be deleted while others are members. */
export function leaves(t, owner, userId) {
  t.remove(async (scope) => {
    await scope.as(owner).delete(`/tenants/current/members/${userId}`);
  });
}

/** Makes a person who has an account join this tenant. They leave it in the end. */
export async function join(t, of, person, role = 'user') {
  const { token } = await invite(t, of, { role, email: person.email });
  const { body } = demand(await person.client.post('/auth/invite/accept', { token }), 201);
  leaves(t, of, person.user.id);
  return body;
}

/** The secret of a new reset link. */
export async function resetToken(t, { email }) {
  const ask = async () => demand(await t.client().post('/auth/forgot-password', { email }), 200);
  return tokenOf(await freshMessage(t, email, 'password-reset', ask));
}

/** Another session of the account, from another address. */
export async function signIn(t, { email, phone, password, tenant: { slug } = {} }) {
  const client = t.client();
  const identifier = email ? { email } : { phone };
  const body = { ...identifier, password, ...(slug && { tenantSlug: slug }) };
  const reply = demand(await client.post('/auth/login', body), 200);
  if (reply.body.requiresTwoFactor) throw new NotTried('the account requires a second factor');
  const { accessToken, refreshToken, user, tenant: opened } = reply.body;
  const known = { email, phone, password, tenant: opened };
  return { ...known, accessToken, refreshToken, user, client: client.as(accessToken) };
}

/** A session that may end: of a new account, or another one of the operator's. */
export async function spareSession(t) {
  if (t.world.mayRegister) return tenant(t);
  const session = await signIn(t, t.home);
  t.remove(async () => {
    await session.client.post('/auth/logout', {});
  });
  return session;
}
