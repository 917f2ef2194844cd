import type { Access } from '../../../src/access/authorize.js';
import { ApiKeys } from '../api-keys.js';
import { epochSeconds } from '../clock.js';
import { Datixlab } from '../datixlab.js';
import { readSigningKey, resign } from '../forge.js';
import { type Account, PASSWORD } from '../given.js';
import { isForKeys } from '../openapi.js';
import type { TestApp } from '../test-app.js';
import { TwoFactor } from '../two-factor.js';
import { type SampleTenant, signIn } from './sample-tenant.js';

/** A kind of caller: one column of the access matrix, or an invalid credential. */
export interface Caller {
  name: string;
  /** The present token; null: none. */
  token: string | null;
  /** The status with which the guard refuses an operation; null where the caller has access. */
  refusalAt: (access: Access) => number | null;
  /** Codes of the guard with which an operation may also answer a caller that has access. */
  excused?: string[];
  /** After a request that may have ended the session. */
  renew: () => Promise<void>;
}

const NEVER = (): Promise<void> => Promise.resolve();
const HOUR = 3600;

/**
 * Every kind of caller, in the contract in which `home`, their tenant, was created. None of them belongs to the
 * tenant under attack.
 */
export async function createCallers(t: TestApp, home: SampleTenant, roles: string[]): Promise<Caller[]> {
  const staff = await Promise.all(roles.slice(1).map((role) => t.given.member(home.owner, role)));
  return [
    { name: 'anonymous', token: null, renew: NEVER, refusalAt: ({ kind }) => (isOpen(kind) ? null : 401) },
    ...(await createSpent(t)),
    await createKey(t, home),
    await createWithoutOrganisation(t, home),
    await createEnrolling(t, home),
    ...(await Promise.all(
      [home.owner, ...staff].map((one, at) => createRole(t, home, one, roles[at] ?? '')),
    )),
  ];
}

const isOpen = (kind: Access['kind']): boolean => kind === 'public' || kind === 'optional';

/** Credentials that are no longer valid, or are of another kind. */
async function createSpent(t: TestApp): Promise<Caller[]> {
  const [owner, loggedOut] = [await t.given.tenant(), await t.given.tenant()];
  await loggedOut.client.post('/auth/logout');
  const twoFactor = new TwoFactor(t);
  const past = epochSeconds() - 2 * HOUR;
  const claims = { iat: past, nbf: past, exp: past + HOUR };
  const tokens = {
    'an expired token': await resign(owner.accessToken, await readSigningKey(t), { claims }),
    'a revoked token': loggedOut.accessToken,
    'a temp token': await twoFactor.tempToken(await twoFactor.owner()),
    'a refresh token': owner.refreshToken,
  };
  return Object.entries(tokens).map(([name, token]) => ({
    name,
    token,
    renew: NEVER,
    refusalAt: (access) => (isOpen(access.kind) ? null : 401),
  }));
}

/** The owner's key, with one scope that no operation requires. */
async function createKey(t: TestApp, { owner }: SampleTenant): Promise<Caller> {
  const { body: me } = await owner.client.get('/auth/me');
  const product = ['leads', 'items', 'agents'].find((resource) => me.permissions[resource]?.view);
  if (!product)
    throw new Error('The owner of a sample tenant holds no permission that a key could have as its scope');
  const scopes = [`${product}.view`];
  const { key } = await new ApiKeys(t).create(owner, { scopes });
  return {
    name: 'an API key without the scope',
    token: key,
    renew: NEVER,
    refusalAt: (access) => {
      const isOpenToKeys = access.kind === 'signed-in' && isForKeys(access);
      return access.kind === 'public' || isOpenToKeys ? null : 403;
    },
  };
}

async function createWithoutOrganisation(t: TestApp, { owner, contract }: SampleTenant): Promise<Caller> {
  const { email, user } = await t.given.member(owner, owner.user.role);
  await t.database.query('DELETE FROM memberships WHERE user_id = $1', [user.id]);
  const nobody = await renewable(t, contract, 'a person without an organisation', email, ({ kind }) =>
    kind === 'permission' ? 403 : null,
  );
  // Some of the operations open to them are about their organisation
  return Object.assign(nobody, { excused: ['no_active_tenant'] });
}

async function createEnrolling(t: TestApp, { contract }: SampleTenant): Promise<Caller> {
  const owner = await t.given.tenant();
  await t.database.query('UPDATE tenants SET require_two_factor = true WHERE id = $1', [owner.tenant.id]);
  return renewable(t, contract, 'a person who may only enrol', owner.email, (access) => {
    const isOpenToThem = isOpen(access.kind) || (access.kind === 'signed-in' && access.whileEnrolling);
    return isOpenToThem ? null : 403;
  });
}

async function createRole(
  t: TestApp,
  { contract }: SampleTenant,
  { email, client }: Account,
  role: string,
): Promise<Caller> {
  const { permissions, roleLevel } = (await client.get('/auth/me')).body;
  return renewable(t, contract, `the ${role} of another organisation`, email, (access) => {
    if (access.kind !== 'permission') return null;
    const [resource = '', action = ''] = access.permission.split('.');
    const { level = 0 } = access;
    return permissions[resource]?.[action] && roleLevel >= level ? null : 403;
  });
}

async function renewable(
  t: TestApp,
  contract: string,
  name: string,
  email: string,
  refusalAt: Caller['refusalAt'],
): Promise<Caller> {
  // A session without a refresh token is renewed by its access token; no other session is
  const signInThere = async () => {
    const session =
      contract === 'datixlab' ? new Datixlab(t).login({ email, password: PASSWORD }) : signIn(t, email);
    return (await session).accessToken;
  };
  const caller: Caller = {
    name,
    token: await signInThere(),
    refusalAt,
    renew: async () => {
      const { status } = await t.client(caller.token).get('/auth/me');
      if (status !== 200) caller.token = await signInThere();
    },
  };
  return caller;
}
