import { TypeID } from 'typeid-js';
import { v7 as newId } from 'uuid';
import { ApiKeys } from '../api-keys.js';
import { Datixlab } from '../datixlab.js';
import { type Account, PASSWORD, unique, uniqueEmail } from '../given.js';
import { Groups } from '../groups.js';
import { Katixo } from '../katixo.js';
import { ServiceAccounts } from '../service-accounts.js';
import { Tenants } from '../tenant.js';
import type { TestApp } from '../test-app.js';

/** The kinds of ids, by the last word before the id in a path. */
export const THINGS = [
  'organisations',
  'invitations',
  'members',
  'roles',
  'role keys',
  'departments',
  'teams',
  'api-keys',
  'service-accounts',
  'sessions',
  'trusted-devices',
] as const;

export type Thing = (typeof THINGS)[number];
export type Ids = Record<Thing, string>;

/** A tenant with one object of every kind. */
export interface SampleTenant {
  /** The contract in which it was created. */
  contract: string;
  owner: Account;
  member: Account;
  ids: Ids;
}

/** A tenant created in this contract, and its owner signed in in the primary one. */
async function found(t: TestApp, contract: string): Promise<Account> {
  const email = uniqueEmail('founder');
  if (contract === 'katixo') await new Katixo(t).owner({ email });
  else if (contract === 'datixlab') await new Datixlab(t).verifiedOwner({ email });
  else return t.given.tenant({ email });
  return signIn(t, email);
}

/** Another session of this account. */
export async function signIn(t: TestApp, email: string): Promise<Account> {
  const client = t.client();
  const { status, text, body } = await client.post('/auth/login', { email, password: PASSWORD });
  if (status !== 200) throw new Error(`A builder needed a session and got ${status} ${text}`);
  const { accessToken, refreshToken, user, tenant } = body;
  const tokens = { accessToken, refreshToken, client: client.withToken(accessToken) };
  return { email, password: PASSWORD, user, tenant, ...tokens };
}

/** Creates a tenant in this contract, with one object of every kind. */
export async function createSampleTenant(t: TestApp, contract: string): Promise<SampleTenant> {
  const owner = await found(t, contract);
  const { body: roles } = await owner.client.get<{ data: { key: string; level: number }[] }>(
    '/tenants/current/roles',
  );
  const least = roles.data.reduce((low, role) => (role.level < low.level ? role : low));
  const member = await t.given.member(owner, least.key);
  const groups = new Groups(t);
  const role = await new Tenants(t).role(owner, { key: `auditor-${unique()}` });
  const device = newId();
  await t.database.query(
    `INSERT INTO trusted_devices (id, user_id, address, expires_at) VALUES ($1, $2, '192.0.2.1', now() + '1 day')`,
    [device, owner.user.id],
  );
  const key = await new ApiKeys(t).create(owner);
  await t.database.query('INSERT INTO api_key_usage (key_id, day, requests) VALUES ($1, current_date, 1)', [
    key.id,
  ]);
  const { body: sessions } = await owner.client.get('/auth/sessions');
  return {
    contract,
    owner,
    member,
    ids: {
      organisations: owner.tenant.id,
      invitations: (await t.given.invitation(owner, { role: least.key })).id,
      members: member.user.id,
      roles: role.id,
      'role keys': role.key,
      departments: (await groups.department(owner)).id,
      teams: (await groups.team(owner)).id,
      'api-keys': key.id,
      'service-accounts': (await new ServiceAccounts(t).create(owner)).id,
      sessions: sessions.data.find(({ current }) => current)?.id ?? '',
      'trusted-devices': device,
    },
  };
}

/** Ids that do not exist. */
export function unknownIds(): Ids {
  const ids = THINGS.map((thing) => [thing, thing === 'role keys' ? `nothing-${unique()}` : newId()]);
  return Object.fromEntries(ids) as Ids;
}

/** As the Datix Lab contract writes the id of a key. */
export const toKeyTypeId = (id: string): string => TypeID.fromUUID('key', id).toString();

/**
 * Every row of every table that names the tenant, one of its people or one of its objects, to verify that no other
 * caller changed them. The searches of other tenants in their own audit trails are left out.
 */
export async function readSampleTenant(t: TestApp, { owner, ids }: SampleTenant): Promise<string[]> {
  const tables = await t.database.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const names = [owner.user.id, ...Object.values(ids)].join('|');
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await t.database.query<{ row: string }>(
      `SELECT t::text AS row FROM ${name} t
       WHERE t::text ~ $1 AND ($2 <> 'audit_events' OR to_jsonb(t) ->> 'tenant_id' = $3) ORDER BY 1`,
      [names, name, owner.tenant.id],
    );
    rows.push(...found.map(({ row }) => `${name} ${row}`));
  }
  return rows;
}
