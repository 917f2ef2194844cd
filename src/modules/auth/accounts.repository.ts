import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { reserveAttemptWith } from '../attempts/attempts.repository.js';
import { AttemptsService } from '../attempts/attempts.service.js';
import type { Credential } from '../passwords/credentials.service.js';
import { signInGuess } from '../passwords/password-guesses.js';

/** What a sign-in by password needs of an account. */
export interface Account {
  id: string;
  email: string | null;
  phone: string | null;
  credential: Credential;
  /** The tenant to sign in to; null if the account has none, or not the requested one. */
  tenantId: string | null;
}

/** Reads what a sign-in needs of users, their passwords and their tenants. Writes nothing but the count of attempts. */
@Injectable()
export class AccountsRepository {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
  ) {}

  /**
   * Counts an attempt at the identifier's password, and returns the active account that holds the identifier, verified or
   * not, with the requested tenant, or with the most recently used one (null); in one committed statement. Throws
   * TooManyAttempts.
   */
  reserveAttempt(identifier: Identifier, tenantId: string | null, address: string): Promise<Account | null> {
    const { kind, value } = identifier;
    const guess = signInGuess(identifier, null, { address });
    return this.attempts.reserveWith<AccountRow, Account | null>(
      RESERVE_AND_FIND[kind],
      guess,
      'password',
      [value, tenantId],
      (row) => {
        const found = toAccount(row);
        return { found, about: { tenantId: tenantId ?? found?.tenantId ?? null, userId: found?.id } };
      },
    );
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

type AccountRow = Omit<Account, 'credential'> &
  Pick<Credential, 'hash' | 'imported'> & { consecutiveFailures: number };

function toAccount({ id, email = null, phone = null, ...row }: Partial<AccountRow>): Account | null {
  if (!id) return null;
  const { hash = null, imported = null, consecutiveFailures: failures = 0, tenantId = null } = row;
  return { id, email, phone, credential: { userId: id, hash, imported, failures }, tenantId };
}

/** Over `u`, a row of `users`, and the requested tenant or null. The most recently used tenant comes first. */
const tenantToOpen = (requested: string) => `
  (SELECT m.tenant_id FROM memberships m JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
   WHERE m.user_id = u.id AND m.status = 'active' AND (${requested}::uuid IS NULL OR m.tenant_id = ${requested})
   ORDER BY m.last_used_at DESC, m.id LIMIT 1)`;

/** $9 identifier, $10 the requested tenant or null. */
const RESERVE_AND_FIND: Record<Identifier['kind'], Statement> = {
  email: reserveAndFind('email'),
  phone: reserveAndFind('phone'),
};

/** $1 user, $2 null. */
const FIND_TENANT_TO_OPEN: Statement = {
  name: 'find-tenant-to-open',
  text: `SELECT ${tenantToOpen('$2')} AS "tenantId" FROM users u WHERE u.id = $1`,
};

/** $1 user. */
const FIND_TENANT_NAMES: Statement = {
  name: 'find-tenant-names',
  text: `SELECT t.name, t.slug FROM memberships m JOIN tenants t ON t.id = m.tenant_id WHERE m.user_id = $1`,
};

function reserveAndFind(kind: Identifier['kind']): Statement {
  return reserveAttemptWith(
    `reserve-attempt-at-account-by-${kind}`,
    `SELECT u.id, u.email, u.phone, c.hash, c.imported_encrypted AS imported,
       COALESCE(c.consecutive_failures, 0) AS "consecutiveFailures",
       ${tenantToOpen('$10')} AS "tenantId"
     FROM users u LEFT JOIN password_credentials c ON c.user_id = u.id
     WHERE u.${kind} = $9 AND u.status = 'active'`,
  );
}
