import type { Access } from '../../../src/access/authorize.js';
import type { Answer } from '../../support/answer.js';
import { ApiKeys } from '../../support/api-keys.js';
import { CONTRACTS } from '../../support/contracts.js';
import { EmailChanges } from '../../support/email-changes.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../../support/given.js';
import {
  createSampleTenant,
  type SampleTenant,
  toKeyTypeId,
  unknownIds,
} from '../../support/matrix/sample-tenant.js';
import { isForKeys } from '../../support/openapi.js';
import { Phones, uniquePhone } from '../../support/phone.js';
import type { TestApp } from '../../support/test-app.js';
import type { Authenticator } from '../../support/totp.js';
import { type Protected, TwoFactor } from '../../support/two-factor.js';
import type { Known } from './nodes.js';

export const ACTORS = ['the owner', 'a member', 'an API key', 'nobody'] as const;
export type ActorName = (typeof ACTORS)[number];

/** An actor that sends requests, with its known values. */
export interface Actor {
  /** The header, as a name and a value; none without a credential. */
  credential: string[];
  own: Record<string, string>;
  /** Whether every request of this actor to such an operation must be refused. */
  isKeptOut: (access: Access) => boolean;
}

/** Two tenants: one whose people and keys send the requests, and one that must not change. */
export interface World {
  actors: Record<ActorName, Actor>;
  /** Values by name, those of an actor before those of the home tenant. */
  known: (actor: Actor) => Known;
  homeTenantId: string;
  other: OtherTenant;
}

interface OtherTenant {
  /** Ids of its people and other objects. */
  ids: string[];
  /** Ids, addresses and names that no response may contain unless the request did. */
  markers: string[];
  name: string;
  slug: string;
}

const OTHER_PASSWORD = 'Granite-Meadow-77-Oboe';
const NEW_PASSWORD = 'Walnut-Ferry-58-Cymbal';

type Contract = keyof typeof CONTRACTS;

export async function createWorld(t: TestApp, contract: string): Promise<World> {
  const other = await createSampleTenant(t, 'primary');
  for (const { client } of [other.owner, other.member]) {
    await client.post('/auth/change-password', { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD });
  }
  const home = await createSampleTenant(t, contract);
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

function describeOther({ owner, member, ids }: SampleTenant): OtherTenant {
  const own = [...Object.values(ids), owner.user.id, member.user.id];
  const { slug, companyName } = owner.tenant;
  return {
    ids: own,
    markers: [...own, owner.email, member.email, slug, companyName],
    name: companyName,
    slug,
  };
}

async function createActors(
  t: TestApp,
  contract: Contract,
  home: SampleTenant,
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

/** A session of the contract's own, with the known values of its owner. */
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

async function gatherValues(
  t: TestApp,
  home: SampleTenant,
  guarded: Protected,
  other: SampleTenant,
): Promise<Values> {
  const [phones, twoFactor] = [new Phones(t), new TwoFactor(t)];
  const { phone } = await phones.account();
  const codeOfPhone = await phones.newCode(phone);
  await t.post('/auth/forgot-password', { phone });
  const codeOfRecovery = await phones.code(phone);
  const verifiedPhone = uniquePhone();
  const signupToken = await phones.signupToken(verifiedPhone);
  const leaver = await t.given.tenant();
  await leaver.client.delete('/users/me', { password: leaver.password });
  const moving = await t.given.verifiedTenant();
  await new EmailChanges(t).request(moving);
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
    'verified.phone': verifiedPhone,
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

function idValues(home: SampleTenant, other: SampleTenant): Values {
  const owners = { own: home.ids, other: other.ids, none: unknownIds() };
  const ids = Object.entries(owners).flatMap(([owner, things]) =>
    Object.entries(things).map(([thing, id]) => [`${owner}:${thing}`, id] as const),
  );
  const keys = ids
    .filter(([name]) => name.endsWith(':api-keys'))
    .map(([name, id]) => [`${name}:typeid`, toKeyTypeId(id)]);
  return Object.fromEntries([...ids, ...keys]) as Values;
}
