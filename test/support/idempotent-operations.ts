import { randomUUID } from 'node:crypto';
import { ApiKeys } from './api-keys.js';
import type { Client, Reply } from './client.js';
import { DATIXLAB, Datixlab } from './datixlab.js';
import { PASSWORD, unique, uniqueEmail } from './given.js';
import { KATIXO, Katixo } from './katixo.js';
import { uniquePhone } from './phone.js';
import { SERVICE_ACCOUNTS, ServiceAccounts } from './service-accounts.js';
import type { TestApp } from './test-app.js';

/** A request that an operation accepts once. */
export interface Request {
  client: Client;
  path: string;
  body: Record<string, unknown>;
  /** Replaces members of the body: another request that the operation would accept, too. */
  change: Record<string, unknown>;
}

/** Every operation that accepts an `Idempotency-Key`, as `POST` and the path in its document. */
export const IDEMPOTENT_OPERATIONS: Record<string, (t: TestApp) => Promise<Request>> = {
  '/auth/register': (t) =>
    Promise.resolve({
      client: t.client(),
      path: '/auth/register',
      body: t.given.registration(),
      change: { firstName: 'Another' },
    }),
  '/auth/signup': async (t) => {
    const [client, phone] = [t.client(), uniquePhone()];
    await client.post('/auth/otp/request', { phone });
    const { code } = await t.inbox.latest(phone, 'otp');
    const verified = await client.post<{ signupToken: string }>('/auth/otp/verify', { phone, code });
    const { signupToken } = verified.body;
    const names = { firstName: 'Rajesh', lastName: 'Kumar', companyName: `Store ${unique()}` };
    const body = { signupToken, email: uniqueEmail(), password: PASSWORD, ...names };
    return { client, path: '/auth/signup', body, change: { lastName: 'Another' } };
  },
  '/auth/invite': async (t) => {
    const { client } = await t.given.tenant();
    const body = { email: uniqueEmail(), role: 'user' };
    return { client, path: '/auth/invite', body, change: { role: 'manager' } };
  },
  '/auth/invite/bulk': async (t) => {
    const { client } = await t.given.tenant();
    const lines = [uniqueEmail(), 'no address', uniqueEmail()].map((email) => ({ email, role: 'user' }));
    const change = { invitations: lines.slice(1) };
    return { client, path: '/auth/invite/bulk', body: { invitations: lines }, change };
  },
  '/auth/api-keys': async (t) => {
    const { client } = await t.given.tenant();
    return { client, path: '/auth/api-keys', body: { name: 'CI' }, change: { name: 'Another' } };
  },
  '/auth/api-keys/{id}/rotate': async (t) => {
    const owner = await t.given.tenant();
    const { id } = await new ApiKeys(t).create(owner);
    const path = `/auth/api-keys/${id}/rotate`;
    return { client: owner.client, path, body: { overlapSeconds: 60 }, change: { overlapSeconds: 61 } };
  },
  [SERVICE_ACCOUNTS]: async (t) => {
    const { client } = await t.given.tenant();
    return { client, path: SERVICE_ACCOUNTS, body: { name: 'CI' }, change: { name: 'Another' } };
  },
  [`${SERVICE_ACCOUNTS}/{id}/rotate`]: async (t) => {
    const owner = await t.given.tenant();
    const { id } = await new ServiceAccounts(t).create(owner);
    const path = `${SERVICE_ACCOUNTS}/${id}/rotate`;
    return { client: owner.client, path, body: { overlapSeconds: 60 }, change: { overlapSeconds: 61 } };
  },
  '/users/me/organisations': async (t) => {
    const { client } = await t.given.tenant();
    const body = { name: `Company ${unique()}` };
    return { client, path: '/users/me/organisations', body, change: { name: `Company ${unique()}` } };
  },
  [`${KATIXO}/auth/register`]: (t) =>
    Promise.resolve({
      client: t.client(),
      path: `${KATIXO}/auth/register`,
      body: new Katixo(t).registration(),
      change: { name: 'Another Name' },
    }),
  [`${KATIXO}/auth/signup`]: async (t) => {
    const [client, katixo] = [t.client(), new Katixo(t)];
    const body = katixo.registration();
    const { phone } = body;
    await katixo.post('/auth/otp/request', { phone }, client);
    await katixo.post('/auth/otp/verify', { phone, otp: await katixo.code(phone) }, client);
    return { client, path: `${KATIXO}/auth/signup`, body, change: { name: 'Another Name' } };
  },
  [`${KATIXO}/auth/invite`]: async (t) => {
    const { client } = await new Katixo(t).owner();
    const body = { phone: uniquePhone(), role: 'OPERATOR' };
    return { client, path: `${KATIXO}/auth/invite`, body, change: { role: 'VIEWER' } };
  },
  [`${KATIXO}/users/me/organisations`]: async (t) => {
    const { client } = await new Katixo(t).owner();
    const path = `${KATIXO}/users/me/organisations`;
    return { client, path, body: { name: `Store ${unique()}` }, change: { name: `Store ${unique()}` } };
  },
  [`${DATIXLAB}/register`]: (t) =>
    Promise.resolve({
      client: t.client(),
      path: `${DATIXLAB}/register`,
      body: new Datixlab(t).registration(),
      change: { full_name: 'Another Name' },
    }),
  [`${DATIXLAB}/api-keys`]: async (t) => {
    const { client } = await new Datixlab(t).owner();
    return { client, path: `${DATIXLAB}/api-keys`, body: { name: 'CI' }, change: { name: 'Another' } };
  },
};

/** Sends the request with this key. */
export function sendWithKey(
  { client, path, body }: Request,
  key: string = randomUUID(),
  from: Client = client,
): Promise<Reply> {
  return from.post(path, body, { headers: { 'idempotency-key': key } });
}
