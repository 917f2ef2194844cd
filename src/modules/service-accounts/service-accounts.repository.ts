import { Injectable } from '@nestjs/common';
import type { JSONWebKeySet } from 'jose';
import type { PageRequest } from '../../common/pagination.js';
import type { Transaction } from '../../database/transaction.js';
import type { KeyText } from '../api-keys/key-text.js';
import type { AccountOwner, ServiceAccount } from './service-account.js';

export interface NewServiceAccountRow extends AccountOwner {
  id: string;
  name: string;
  scopes: string[];
  publicKeys: JSONWebKeySet | null;
}

/** The service accounts of one owner: a tenant or a product. */
@Injectable()
export class ServiceAccountsRepository {
  async insert(
    tx: Transaction,
    { id, tenantId, product, name, scopes, publicKeys }: NewServiceAccountRow,
  ): Promise<void> {
    const keys = publicKeys === null ? null : JSON.stringify(publicKeys);
    await tx.execute(INSERT, [id, tenantId, product, name, scopes, keys]);
  }

  /** Those that are not revoked, in order of creation; one more than the page. */
  list(tx: Transaction, owner: AccountOwner, { after, limit }: PageRequest): Promise<ServiceAccount[]> {
    return tx.many<ServiceAccount>(READ, [...valuesOf(owner), null, after, limit + 1]);
  }

  /** As `list`, for one account. */
  find(tx: Transaction, owner: AccountOwner, id: string): Promise<ServiceAccount | null> {
    return tx.one<ServiceAccount>(READ, [...valuesOf(owner), id, null, 1]);
  }

  /** One creation for this product at a time, until the transaction ends. */
  async lockProduct(tx: Transaction, product: string): Promise<void> {
    await tx.execute(LOCK_PRODUCT, [product]);
  }

  async count(tx: Transaction, owner: AccountOwner): Promise<number> {
    return (await tx.one<{ live: number }>(COUNT, valuesOf(owner)))?.live ?? 0;
  }

  /** Locks the account until the transaction ends. Returns false if the owner has no such account. */
  async lock(tx: Transaction, owner: AccountOwner, id: string): Promise<boolean> {
    return (await tx.execute(LOCK, [...valuesOf(owner), id])) === 1;
  }

  /** Undefined keeps the name or the keys. Returns false if the owner has no such account. */
  async update(
    tx: Transaction,
    owner: AccountOwner,
    id: string,
    { name, publicKeys }: { name?: string; publicKeys?: JSONWebKeySet },
  ): Promise<boolean> {
    const keys = publicKeys === undefined ? null : JSON.stringify(publicKeys);
    return (await tx.execute(UPDATE, [...valuesOf(owner), id, name ?? null, keys])) === 1;
  }

  /** Of parallel calls, one returns true. */
  async revoke(tx: Transaction, owner: AccountOwner, id: string): Promise<boolean> {
    return (await tx.execute(REVOKE, [...valuesOf(owner), id])) === 1;
  }

  /** Stores the hash and the last characters of the secret; never the secret itself. */
  async insertSecret(tx: Transaction, id: string, { hash, lastFour }: KeyText): Promise<void> {
    await tx.execute(INSERT_SECRET, [hash, id, lastFour]);
  }

  /** Deletes every secret but the newest, which ends after this time. */
  async retireSecret(tx: Transaction, id: string, afterSeconds: number): Promise<void> {
    await tx.execute(DELETE_OLDER_SECRETS, [id]);
    await tx.execute(RETIRE_SECRET, [id, afterSeconds]);
  }
}

function valuesOf({ tenantId, product }: AccountOwner): [string | null, string] {
  return [tenantId, product];
}

/** $1 tenant, or null for the accounts of the product itself, $2 product. Over `a`. */
const OF_OWNER = `(a.tenant_id = $1::uuid OR ($1::uuid IS NULL AND a.tenant_id IS NULL AND a.product = $2::text)) AND a.revoked_at IS NULL`;

/** $1 id, $2 tenant, $3 product, $4 name, $5 scopes, $6 keys. */
const INSERT = `
  INSERT INTO service_accounts (id, tenant_id, product, name, scopes, public_keys)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb)`;

/** $3 the account, or null for all, $4 the last one of the previous page, or null, $5 limit. Ids grow with time. */
const READ = `
  SELECT a.id, a.tenant_id AS "tenantId", a.product, a.name, a.scopes, a.public_keys AS "publicKeys",
    c.last_four AS "lastFour", a.created_at AS "createdAt", a.last_used_at AS "lastUsedAt"
  FROM service_accounts a LEFT JOIN service_account_secrets c ON c.account_id = a.id AND c.expires_at IS NULL
  WHERE ${OF_OWNER} AND ($3::uuid IS NULL OR a.id = $3) AND ($4::uuid IS NULL OR a.id > $4)
  ORDER BY a.id LIMIT $5`;

const LOCK_PRODUCT = `SELECT pg_advisory_xact_lock(hashtextextended('product:' || $1, 0))`;

const COUNT = `SELECT count(*)::int AS live FROM service_accounts a WHERE ${OF_OWNER}`;

/** $3 the account. */
const LOCK = `SELECT FROM service_accounts a WHERE ${OF_OWNER} AND a.id = $3 FOR NO KEY UPDATE`;

/** $3 the account, $4 name or null, $5 keys or null. An account with a secret never gets keys. */
const UPDATE = `
  UPDATE service_accounts a SET name = COALESCE($4, a.name),
    public_keys = CASE WHEN a.public_keys IS NOT NULL THEN COALESCE($5::jsonb, a.public_keys) END
  WHERE ${OF_OWNER} AND a.id = $3`;

/** $3 the account. */
const REVOKE = `UPDATE service_accounts a SET revoked_at = now() WHERE ${OF_OWNER} AND a.id = $3`;

/** $1 hash, $2 account, $3 last four characters. */
const INSERT_SECRET = 'INSERT INTO service_account_secrets (hash, account_id, last_four) VALUES ($1, $2, $3)';

const DELETE_OLDER_SECRETS =
  'DELETE FROM service_account_secrets WHERE account_id = $1 AND expires_at IS NOT NULL';

/** $1 account, $2 seconds. */
const RETIRE_SECRET = `
  UPDATE service_account_secrets SET expires_at = now() + make_interval(secs => $2::float8)
  WHERE account_id = $1 AND expires_at IS NULL`;
