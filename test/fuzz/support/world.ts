import type { Access } from '../../../src/access/authorize.js';
import { ApiKeys } from '../../support/api-keys.js';
import type { Answer } from '../../support/answer.js';
import { CONTRACTS } from '../../support/contracts.js';
import { EmailChanges } from '../../support/email-changes.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import { createEstate, type Estate, idsOfNothing, toKeyTypeId } from '../../support/matrix/estate.js';
import { isForKeys } from '../../support/openapi.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import type { TestApp } from '../../support/test-app.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';
import type { Authenticator } from '../../support/totp.js';
import type { Known } from './nodes.js';

export const ACTORS = ['the owner', 'a member', 'an API key', 'nobody'] as const;
export type ActorName = (typeof ACTORS)[number];

/** Somebody who sends requests, with what they know of themselves. */
export interface Actor {
  /** Their header, as a name and a value; none for nobody. */
  credential: string[];
  own: Record<string, string>;
  /** Whether no request of theirs to such an operation may succeed. */
  isKeptOut: (access: Access) => boolean;
}

/** Two tenants: one whose people and keys send the requests, and one to which nothing may happen. */
export interface World {
  actors: Record<ActorName, Actor>;
  /** Values by name, those of an actor before those of the home. */
  known: (actor: Actor) => Known;
  homeTenantId: string;
  other: OtherTenant;
}

interface OtherTenant {
  /** Ids of its people and things. */
  ids: string[];
  /** What no answer may say unless it was asked: ids, addresses, names. */
  treasures: string[];
  name: string;
  slug: string;
}

const OTHER_PASSWORD = 'Granite-Meadow-77-Oboe';
const NEW_PASSWORD = 'Walnut-Ferry-58-Cymbal';

type Contract = keyof typeof CONTRACTS;

export async function createWorld(t: TestApp, contract: string): Promise<World> {
  const other = await createEstate(t, 'primary');
  for (const { client } of [other.owner, other.member]) {
    await client.post('/auth/change-password', { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
  }
  const home = await createEstate(t, contract);
  const factor = await new TwoFactor(t).enable(home.member.client);
  const member: Protected = { ...home.member, ...factor };
  const shared = await gatherValues(t, home, member, other);
  return {
    actors: await createActors(t, contract as Contract, home, member),
    known: (actor) => (name) => {
      const value = actor.own[name] ?? (typeof shared[name] === 'function' ? shared[name]() : shared[name]);
      if (value === undefined) throw new Error(`Nothing is known as ${name}`);
      return value;
    },
    homeTenantId: home.owner.tenant.id,
    other: describeOther(other),
  };
}

function describeOther({ owner, member, ids }: Estate): OtherTenant {
  const own = [...Object.values(ids), owner.user.id, member.user.id];
  const { slug, companyName } = owner.tenant;
  return {
    ids: own,
    treasures: [...own, owner.email, member.email, slug, companyName],
    name: companyName,
    slug,
  };
}

async function createActors(
  t: TestApp,
  contract: Contract,
  home: Estate,
  guarded: Protected,
): Promise<World['actors']> {
  const { key } = await new ApiKeys(t).create(home.owner);
  const owner = await ownValues(t, contract, home.owner, key);
  const member = await ownValues(t, contract, guarded, key, guarded.authenticator);
  await new TwoFactor(t).forgetSteps(guarded.user.id);
  const { body: me } = await guarded.client.get('/auth/me');
  const bearer = (token = '') => ['authorization', `Bearer ${token}`];
  return {
    'the owner': { credential: bearer(owner['own.accessToken']), own: owner, isKeptOut: () => false },
    'a member': {
      credential: bearer(member['own.accessToken']),
      own: member,
      isKeptOut: (access) => !mayDo(me, access),
    },
    'an API key': {
      credential: ['x-api-key', key],
      own: owner,
      isKeptOut: (access) =>
        access.kind === 'permission' ? !isForKeys(access) : access.kind === 'signed-in' && !isForKeys(access),
    },
    nobody: {
      credential: [],
      own: owner,
      isKeptOut: ({ kind }) => kind === 'signed-in' || kind === 'permission',
    },
  };
}

function mayDo({ permissions, roleLevel }: Answer, access: Access): boolean {
  if (access.kind !== 'permission') return true;
  const [resource = '', action = ''] = access.permission.split('.');
  return permissions[resource]?.[action] === true && roleLevel >= (access.level ?? 0);
}

/** A session of the contract's own, and what its owner knows of themselves. */
async function ownValues(
  t: TestApp,
  name: Contract,
  account: Account,
  key: string,
  authenticator?: Authenticator,
): Promise<Record<string, string>> {
  const contract = CONTRACTS[name];
  const client = t.client();
  const first = await contract.logIn(client, { email: account.email }, PASSWORD);
  const { accessToken, refreshToken } = authenticator
    ? await contract.verifySecondFactor(client, first.tempToken ?? '', authenticator.code())
    : first;
  return {
    'own.email': account.email,
    'own.password': PASSWORD,
    'own.slug': account.tenant.slug,
    'own.accessToken': accessToken,
    'own.refreshToken': refreshToken ?? accessToken,
    'own.key': key,
  };
}

type Values = Record<string, string | (() => string)>;

async function gatherValues(t: TestApp, home: Estate, guarded: Protected, other: Estate): Promise<Values> {
  const [phones, twoFactor] = [new Phones(t), new TwoFactor(t)];
  const { phone } = await phones.account();
  const codeOfPhone = await phones.newCode(phone);
  await t.post('/auth/forgot-password', { phone });
  const codeOfRecovery = await phones.code(phone);
  const provenPhone = uniquePhone();
  const signupToken = await phones.signupToken(provenPhone);
  const leaver = await t.given.tenant();
  await leaver.client.delete('/users/me', { password: leaver.password });
  const moving = await t.given.verifiedTenant();
  await new EmailChanges(t).want(moving);
  const enrolling = await twoFactor.enrol(home.owner.client);
  const newEmail = uniqueEmail('pending');
  await home.owner.client.patch('/auth/me', { email: newEmail, currentPassword: home.owner.password });
  return {
    ...idValues(home, other),
    'member.email': home.member.email,
    'other.email': other.owner.email,
    'other.phone': uniquePhone(),
    'other.slug': other.owner.tenant.slug,
    'other.name': other.owner.tenant.companyName,
    'new.email': uniqueEmail('new'),
    'new.phone': uniquePhone(),
    'new.password': NEW_PASSWORD,
    'new.name': `Company ${unique()}`,
    'own.cursor': home.ids.members,
    'home.phone': phone,
    'proven.phone': provenPhone,
    'code.phone': codeOfPhone,
    'code.recovery': codeOfRecovery,
    'code.wrong': '000000',
    'code.totp': () => guarded.authenticator.code(),
    'code.enrolling': () => enrolling.authenticator.code(),
    'code.backup': guarded.backupCodes[0] ?? '',
    'link.invitation': (await t.given.invitation(home.owner, { role: home.member.user.role })).token,
    'link.reset': await t.given.resetToken(home.member),
    'link.verification': await t.inbox.token(newEmail, 'verify-email'),
    'link.restoration': await t.inbox.token(leaver.email, 'account-restoration'),
    'link.revert': await new EmailChanges(t).link(moving.email),
    'link.signup': signupToken,
    'link.temp': await twoFactor.tempToken(guarded),
    picture: 'picture',
  };
}

function idValues(home: Estate, other: Estate): Values {
  const owners = { own: home.ids, other: other.ids, none: idsOfNothing() };
  const ids = Object.entries(owners).flatMap(([owner, things]) =>
    Object.entries(things).map(([thing, id]) => [`${owner}:${thing}`, id] as const),
  );
  const keys = ids
    .filter(([name]) => name.endsWith(':api-keys'))
    .map(([name, id]) => [`${name}:typeid`, toKeyTypeId(id)]);
  return Object.fromEntries([...ids, ...keys]) as Values;
}
