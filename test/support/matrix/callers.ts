import type { Access } from '../../../src/access/authorize.js';
import { ApiKeys } from '../api-keys.js';
import { readSigningKey, resign } from '../forge.js';
import { type Account, PASSWORD } from '../given.js';
import { isForKeys } from '../openapi.js';
import { Datixlab } from '../datixlab.js';
import type { TestApp } from '../test-app.js';
import { TwoFactor } from '../two-factor.js';
import { type Estate, signIn } from './estate.js';
import { epochSeconds } from '../clock.js';

/** A kind of caller: one column of the access matrix, or a credential that is none. */
export interface Caller {
  name: string;
  /** Of this moment; null: none. */
  token: string | null;
  /** The status at the contract of an operation; null where the caller is let in. */
  refusalAt: (access: Access) => number | null;
  /** Codes of the contract that an operation may answer whoever it lets in, too. */
  excused?: string[];
  /** After a request that may have ended the session. */
  renew: () => Promise<void>;
}

const NEVER = (): Promise<void> => Promise.resolve();
const HOUR = 3600;

/**
 * Everybody who has no business with a tenant, at the contract where `home`, the organisation they come from, was
 * founded.
 */
export async function createCallers(t: TestApp, home: Estate, roles: string[]): Promise<Caller[]> {
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

/** Credentials that are none any more, or never were one for this. */
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
    refusalAt: ({ kind }) => (kind === 'public' ? null : 401),
  }));
}

/** The owner's key, with one scope that no operation asks for. */
async function createKey(t: TestApp, { owner }: Estate): Promise<Caller> {
  const { body: me } = await owner.client.get('/auth/me');
  const product = ['leads', 'items', 'agents'].find((resource) => me.permissions[resource]?.view);
  if (!product) throw new Error('The owner of an estate holds nothing that a key could be scoped to');
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

async function createWithoutOrganisation(t: TestApp, { owner, contract }: Estate): Promise<Caller> {
  const { email, user } = await t.given.member(owner, owner.user.role);
  await t.database.query('DELETE FROM memberships WHERE user_id = $1', [user.id]);
  const nobody = await renewable(t, contract, 'somebody of no organisation', email, ({ kind }) =>
    kind === 'permission' ? 403 : null,
  );
  // Some of what is open to them is about the organisation they work in
  return Object.assign(nobody, { excused: ['no_active_tenant'] });
}

async function createEnrolling(t: TestApp, { contract }: Estate): Promise<Caller> {
  const owner = await t.given.tenant();
  await t.database.query('UPDATE tenants SET require_two_factor = true WHERE id = $1', [owner.tenant.id]);
  return renewable(t, contract, 'somebody who may only enrol', owner.email, (access) => {
    const isOpenToThem = isOpen(access.kind) || (access.kind === 'signed-in' && access.whileEnrolling);
    return isOpenToThem ? null : 403;
  });
}

async function createRole(
  t: TestApp,
  { contract }: Estate,
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
  // A session without a refresh token is renewed by its access token, and none but such
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
