import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';

/** The purpose a secret is bound to. For another purpose it is treated as unknown. */
export type SecretPurpose =
  | 'password-reset'
  | 'email-verification'
  | 'invitation'
  | 'signup'
  | 'second-factor'
  | 'trusted-device'
  | 'account-restoration'
  | 'email-change-revert';

export interface StoredSecret {
  subjectId: string;
  data: Record<string, unknown>;
  expiresAt: Date;
  state: 'open' | 'used' | 'expired';
}

/** A row to insert; the database's clock determines when it expires. */
interface SecretRow {
  id: string;
  purpose: SecretPurpose;
  hash: Buffer;
  subjectId: string;
  data: Record<string, unknown>;
  ttlSeconds: number;
}

/** A secret by the hash of its token. */
type HashedToken = Pick<SecretRow, 'purpose' | 'hash'>;

/** One-time secrets, by keyed hash. */
@Injectable()
export class SecretsRepository {
  constructor(private readonly database: Database) {}

  /** Returns when the secret expires. */
  async insert(
    tx: Transaction,
    { id, purpose, hash, subjectId, data, ttlSeconds }: SecretRow,
  ): Promise<Date> {
    const values = [id, purpose, hash, subjectId, data, ttlSeconds];
    const inserted = await tx.one<{ expiresAt: Date }>(INSERT_SECRET, values);
    if (!inserted) throw new Error('The secret was not stored');
    return inserted.expiresAt;
  }

  /** A statement by itself. The secret may be used or expired. */
  find({ purpose, hash }: HashedToken): Promise<StoredSecret | null> {
    return this.database.autocommit.one<StoredSecret>(FIND_SECRET, [purpose, hash]);
  }

  /** Marks an open secret as used. Of any number of parallel calls, exactly one gets it. */
  spend(
    tx: Transaction,
    { purpose, hash }: HashedToken,
  ): Promise<Pick<StoredSecret, 'subjectId' | 'data'> | null> {
    return tx.one(SPEND_SECRET, [purpose, hash]);
  }

  /** As `spend`, by subject and data. Of any number of parallel calls, exactly one returns true. */
  async spendIssuedFor(
    tx: Transaction,
    { purpose, subjectId, data }: Pick<SecretRow, 'purpose' | 'subjectId' | 'data'>,
  ): Promise<boolean> {
    return (await tx.execute(SPEND_ISSUED_FOR, [purpose, subjectId, data])) > 0;
  }

  /** Marks open secrets of the subject as used: those of these purposes, or all (null). */
  async revoke(tx: Transaction, subjectId: string, purposes: SecretPurpose[] | null): Promise<void> {
    await tx.execute(REVOKE_SECRETS, [subjectId, purposes]);
  }

  /** Revokes the outstanding secrets of all these subjects. */
  async revokeAll(tx: Transaction, subjectIds: string[]): Promise<void> {
    await tx.execute(REVOKE_ALL, [subjectIds]);
  }

  /** As `revoke`, and every secret of the user's pending sign-ins and trusted devices. */
  async revokeOfUser(tx: Transaction, userId: string, purposes: SecretPurpose[] | null): Promise<void> {
    await tx.execute(REVOKE_OF_USER, [userId, purposes]);
  }
}

/** $1 id, $2 purpose, $3 hash, $4 subject, $5 data, $6 seconds. */
const INSERT_SECRET: Statement = {
  name: 'insert-secret',
  text: `
    INSERT INTO one_time_secrets (id, purpose, hash, subject_id, data, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6::float8))
    RETURNING expires_at AS "expiresAt"`,
};

/** $1 purpose, $2 hash. */
const FIND_SECRET: Statement = {
  name: 'find-secret',
  text: `
    SELECT subject_id AS "subjectId", data, expires_at AS "expiresAt",
      CASE WHEN used_at IS NOT NULL THEN 'used' WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS state
    FROM one_time_secrets WHERE purpose = $1 AND hash = $2`,
};

/** $1 purpose, $2 hash. */
const SPEND_SECRET: Statement = {
  name: 'spend-secret',
  text: `
    UPDATE one_time_secrets SET used_at = now()
    WHERE purpose = $1 AND hash = $2 AND used_at IS NULL AND expires_at > now()
    RETURNING subject_id AS "subjectId", data`,
};

/** $1 purpose, $2 subject, $3 data that the secret was issued with. */
const SPEND_ISSUED_FOR = `
  UPDATE one_time_secrets SET used_at = now()
  WHERE purpose = $1 AND subject_id = $2 AND data @> $3::jsonb AND used_at IS NULL AND expires_at > now()`;

/** $1 subject, $2 purposes, or null for all. */
const REVOKE_SECRETS: Statement = {
  name: 'revoke-secrets',
  text: `
    UPDATE one_time_secrets SET used_at = now()
    WHERE subject_id = $1 AND ($2::text[] IS NULL OR purpose = ANY($2)) AND used_at IS NULL`,
};

/** $1 subjects. */
const REVOKE_ALL = `
  UPDATE one_time_secrets SET used_at = now() WHERE subject_id = ANY ($1::uuid[]) AND used_at IS NULL`;

/** $1 user, $2 purposes of the user's own secrets, or null for all. */
const REVOKE_OF_USER = `
  UPDATE one_time_secrets SET used_at = now()
  WHERE used_at IS NULL AND ((subject_id = $1 AND ($2::text[] IS NULL OR purpose = ANY ($2)))
    OR subject_id = ANY (ARRAY(
      SELECT id FROM pending_sign_ins WHERE user_id = $1
      UNION ALL SELECT id FROM trusted_devices WHERE user_id = $1)))`;
