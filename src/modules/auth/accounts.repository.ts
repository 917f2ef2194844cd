import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import type { Credential } from '../passwords/credentials.service.js';

/** What a sign-in by password needs of an account. */
export interface Account {
  id: string;
  email: string | null;
  phone: string | null;
  credential: Credential;
  /** The tenant to sign in to; null if the account has none, or not the requested one. */
  tenantId: string | null;
}

/** Reads what a sign-in needs of users, their passwords and their tenants. Writes nothing. */
@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /**
   * The active account that holds the identifier, verified or not, with the requested tenant, or with the most recently
   * used one (null). A statement by itself.
   */
  async find({ kind, value }: Identifier, tenantId: string | null): Promise<Account | null> {
    const accounts = this.database.autocommitAcrossTenants;
    const row = await accounts.one<AccountRow>(FIND_ACCOUNT[kind], [value, tenantId]);
    if (!row) return null;
    const { id, email, phone, hash, imported, failures } = row;
    const credential = { userId: id, hash, imported, failures };
    return { id, email, phone, credential, tenantId: row.tenantId };
  }

  /** The user's most recently used tenant. */
  async findTenantToOpen(tx: Transaction, userId: string): Promise<string | null> {
    const row = await tx.one<{ tenantId: string | null }>(FIND_TENANT_TO_OPEN, [userId, null]);
    return row?.tenantId ?? null;
  }

  /** The names and slugs of the user's tenants. A statement by itself. */
  async listTenantNames(userId: string): Promise<string[]> {
    const tenants = this.database.autocommitAcrossTenants;
    const rows = await tenants.many<{ name: string; slug: string }>(FIND_TENANT_NAMES, [userId]);
    return rows.flatMap(({ name, slug }) => [name, slug]);
  }
}

type AccountRow = Omit<Account, 'credential'> & Omit<Credential, 'userId'>;

/** Over `u`, a row of `users`; $2 the requested tenant or null. The most recently used tenant comes first. */
const TENANT_TO_OPEN = `
  (SELECT m.tenant_id FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
   WHERE m.user_id = u.id AND m.status = 'active' AND ($2::uuid IS NULL OR m.tenant_id = $2)
   ORDER BY m.last_used_at DESC, m.id LIMIT 1)`;

/** $1 identifier, $2 the requested tenant or null. */
const FIND_ACCOUNT: Record<Identifier['kind'], Statement> = {
  email: findAccount('email'),
  phone: findAccount('phone'),
};

/** $1 user, $2 null. */
const FIND_TENANT_TO_OPEN: Statement = {
  name: 'find-tenant-to-open',
  text: `SELECT ${TENANT_TO_OPEN} AS "tenantId" FROM users u WHERE u.id = $1`,
};

/** $1 user. */
const FIND_TENANT_NAMES: Statement = {
  name: 'find-tenant-names',
  text: `SELECT t.name, t.slug FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1`,
};

function findAccount(kind: Identifier['kind']): Statement {
  return {
    name: `find-account-by-${kind}`,
    text: `
      SELECT u.id, u.email, u.phone, c.hash, c.imported_encrypted AS imported,
        COALESCE(c.consecutive_failures, 0) AS failures,
        ${TENANT_TO_OPEN} AS "tenantId"
      FROM users u LEFT JOIN password_credentials c ON c.user_id = u.id
      WHERE u.${kind} = $1 AND u.status = 'active'`,
  };
}
