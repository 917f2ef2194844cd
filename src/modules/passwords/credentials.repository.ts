import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { PasswordCredentialEntity } from './entities/password-credential.entity.js';

/** The password of an account; `hash` is null if it has none. */
export interface Credential {
  userId: string;
  hash: string | null;
  /** The encrypted hash of another system. Then `hash` is a placeholder that no password matches. */
  imported: Buffer | null;
  /** Consecutive wrong passwords. */
  failures: number;
}

/** Password hashes, and the consecutive failures of each. */
@Injectable()
export class CredentialsRepository {
  constructor(private readonly database: Database) {}

  /** A statement by itself. */
  async find(userId: string): Promise<Credential> {
    const row = await this.database.autocommit.one<Omit<Credential, 'userId'>>(FIND_CREDENTIAL, [userId]);
    return { userId, ...(row ?? { hash: null, imported: null, failures: 0 }) };
  }

  /** Whether the hash is still the account's. */
  async isCurrent(tx: Transaction, { userId, hash }: Credential): Promise<boolean> {
    return (await tx.execute(IS_CURRENT, [userId, hash])) > 0;
  }

  /** Replaces the account's hash, if it has one, and resets the failures. */
  async set(tx: Transaction, userId: string, hash: string): Promise<void> {
    await tx.execute(SET_CREDENTIAL, [userId, hash]);
  }

  async delete(tx: Transaction, userId: string): Promise<void> {
    await tx.manager.delete(PasswordCredentialEntity, { userId });
  }

  /**
   * Resets the failures and sets the new hash, which takes the place of an imported one, unless the hash was changed
   * meanwhile. A statement by itself.
   */
  async renew({ userId, hash }: Credential, newHash: string | null): Promise<void> {
    await this.database.autocommit.execute(RENEW_CREDENTIAL, [userId, hash, newHash]);
  }

  /** A statement by itself, which takes as long for an unknown account (null). */
  async countFailure(userId: string | null): Promise<void> {
    await this.database.autocommit.execute(COUNT_FAILURE, [userId]);
  }
}

/** $1 user. */
const FIND_CREDENTIAL: Statement = {
  name: 'find-password-credential',
  text: `
    SELECT hash, imported_encrypted AS imported, consecutive_failures AS failures
    FROM password_credentials WHERE user_id = $1`,
};

/** $1 user, $2 hash. */
const IS_CURRENT: Statement = {
  name: 'find-current-credential',
  text: 'SELECT FROM password_credentials WHERE user_id = $1 AND hash = $2',
};

/** $1 user, $2 hash. */
const SET_CREDENTIAL = `
  INSERT INTO password_credentials (user_id, hash) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET hash = $2, imported_encrypted = NULL, imported_profile = NULL,
    changed_at = now(), consecutive_failures = 0`;

/** $1 user, $2 the hash that was verified, $3 the new hash, or the same. */
const RENEW_CREDENTIAL: Statement = {
  name: 'renew-password-credential',
  text: `
    UPDATE password_credentials SET hash = $3, consecutive_failures = 0,
      imported_encrypted = CASE WHEN $3 = $2 THEN imported_encrypted END,
      imported_profile = CASE WHEN $3 = $2 THEN imported_profile END
    WHERE user_id = $1 AND hash = $2`,
};

/** $1 user or null. */
const COUNT_FAILURE: Statement = {
  name: 'count-password-failure',
  text: 'UPDATE password_credentials SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1',
};
