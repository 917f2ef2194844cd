import { Injectable } from '@nestjs/common';
import type { JSONWebKeySet } from 'jose';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import { reserveAttemptWith } from '../attempts/attempts.repository.js';
import { AttemptsService, type Guess } from '../attempts/attempts.service.js';
import type { AccountOwner } from './service-account.js';

/** The present state of an account that may be used. */
export interface AccountState extends AccountOwner {
  id: string;
  name: string;
  scopes: string[];
  publicKeys: JSONWebKeySet | null;
}

/** The account that a refused credential names. */
interface NamedAccount {
  serviceAccountId: string;
  tenantId: string | null;
  isRevoked: boolean;
}

/**
 * What a request of a service account reads. Neither a revoked account nor one of a suspended tenant is returned, so
 * that a revocation applies on every instance at once.
 */
@Injectable()
export class ServiceAccountStatesRepository {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptsService,
  ) {}

  read(id: string): Promise<AccountState | null> {
    return this.database.autocommitAcrossTenants.one<AccountState>(READ, [id]);
  }

  /** The account with this id, if the secret is one of its own that has not ended. */
  readBySecret(id: string, hash: Buffer): Promise<AccountState | null> {
    return this.database.autocommitAcrossTenants.one<AccountState>(READ_BY_SECRET, [id, hash]);
  }

  /**
   * Counts a credential that was refused, and reads whose it should have been, in one statement that commits by itself.
   * Returns what the audit trail says about it. Throws TooManyAttempts.
   */
  countRefusal(id: string | null, guess: Guess, reason: string): Promise<NonNullable<Guess['about']>> {
    return this.attempts.reserveWith<NamedAccount, NonNullable<Guess['about']>>(
      RESERVE_ATTEMPT_AT_CLIENT,
      guess,
      'client-credential',
      [id],
      ({ serviceAccountId, tenantId, isRevoked }) => {
        const named = serviceAccountId ? { serviceAccountId, tenantId } : {};
        const about = { ...named, reason: isRevoked ? 'revoked' : reason };
        return { found: about, about };
      },
    );
  }

  /** Records the use, once a minute at most. */
  async touch(id: string): Promise<void> {
    await this.database.autocommitAcrossTenants.execute(TOUCH, [id]);
  }

  /** Of the uses of one assertion, one returns true. */
  async useAssertion(assertion: Buffer, accountId: string, expiresAt: Date): Promise<boolean> {
    const values = [assertion, accountId, expiresAt];
    return (await this.database.autocommitAcrossTenants.execute(USE_ASSERTION, values)) === 1;
  }
}

const COLUMNS = `a.id, a.tenant_id AS "tenantId", a.product, a.name, a.scopes, a.public_keys AS "publicKeys"`;
const USABLE = `a.revoked_at IS NULL AND (a.tenant_id IS NULL OR t.status = 'active')`;
const FROM = 'FROM service_accounts a LEFT JOIN tenants t ON t.id = a.tenant_id';

/** $1 account. Hot path. */
const READ: Statement = {
  name: 'read-service-account',
  text: `SELECT ${COLUMNS} ${FROM} WHERE a.id = $1 AND ${USABLE}`,
};

/** $1 account, $2 hash. Hot path: introspection by Basic authentication. */
const READ_BY_SECRET: Statement = {
  name: 'read-service-account-by-secret',
  text: `
    SELECT ${COLUMNS} ${FROM} JOIN service_account_secrets c ON c.account_id = a.id
    WHERE c.hash = $2 AND a.id = $1 AND ${USABLE} AND (c.expires_at IS NULL OR c.expires_at > now())`,
};

/** $9 account or null. */
const RESERVE_ATTEMPT_AT_CLIENT = reserveAttemptWith(
  'reserve-attempt-at-client',
  `SELECT a.id AS "serviceAccountId", a.tenant_id AS "tenantId", a.revoked_at IS NOT NULL AS "isRevoked"
   FROM service_accounts a WHERE a.id = $9::uuid`,
);

/** $1 account. */
const TOUCH = `
  UPDATE service_accounts SET last_used_at = now()
  WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;

/** $1 hash, $2 account, $3 time. */
const USE_ASSERTION = `
  INSERT INTO client_assertions (id, account_id, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`;
