import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Keyring } from '../../common/keyring.js';
import { Database } from '../../database/database.js';
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

export interface NewSecret {
  purpose: SecretPurpose;
  /** The user or the row the secret belongs to. */
  subjectId: string;
  ttlSeconds: number;
  /** Random bytes, 32 by default and at least 16 (128 bits), for tokens that must be short. */
  bytes?: number;
  /** Keeps older secrets of the same purpose and subject valid. */
  keepsOlder?: boolean;
  data?: Record<string, unknown>;
}

export interface StoredSecret {
  subjectId: string;
  data: Record<string, unknown>;
  expiresAt: Date;
  state: 'open' | 'used' | 'expired';
}

interface SecretRow {
  subject_id: string;
  data: Record<string, unknown>;
  expires_at: Date;
  state: StoredSecret['state'];
}

/**
 * Stores one-time tokens: 256 random bits unless they must be short, kept only as a keyed hash bound to the purpose,
 * spent at most once.
 */
@Injectable()
export class SecretsService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Issues a secret and revokes older ones of the same purpose and subject, unless `keepsOlder`. The token is not
   * stored.
   */
  async issue(tx: Transaction, secret: NewSecret): Promise<{ token: string; expiresAt: Date }> {
    if (!secret.keepsOlder) await this.revoke(tx, secret.subjectId, [secret.purpose]);
    const token = randomBytes(Math.max(16, secret.bytes ?? 32)).toString('base64url');
    const expiresAt = new Date(Date.now() + secret.ttlSeconds * 1000);
    await tx.execute(
      `INSERT INTO one_time_secrets (id, purpose, hash, subject_id, data, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        newId(),
        secret.purpose,
        this.keyring.hmac('secret-hash', `${secret.purpose}:${token}`),
        secret.subjectId,
        secret.data ?? {},
        expiresAt,
      ],
    );
    return { token, expiresAt };
  }

  /** Does not spend the secret. Null if it is unknown for this purpose. */
  async find(purpose: SecretPurpose, token: string): Promise<StoredSecret | null> {
    const rows = await this.database.autocommit.many<SecretRow>(
      {
        name: 'find-secret',
        text: `SELECT subject_id, data, expires_at,
                 CASE WHEN used_at IS NOT NULL THEN 'used' WHEN expires_at <= now() THEN 'expired' ELSE 'open' END AS state
               FROM one_time_secrets WHERE purpose = $1 AND hash = ANY($2)`,
      },
      [purpose, this.hashes(purpose, token)],
    );
    const [row] = rows;
    return row
      ? { subjectId: row.subject_id, data: row.data, expiresAt: row.expires_at, state: row.state }
      : null;
  }

  /** Spends the secret. Of any number of parallel calls, exactly one gets it; the others get null. */
  async spend(
    tx: Transaction,
    purpose: SecretPurpose,
    token: string,
  ): Promise<Pick<StoredSecret, 'subjectId' | 'data'> | null> {
    const rows = await tx.many<SecretRow>(
      `UPDATE one_time_secrets SET used_at = now()
       WHERE purpose = $1 AND hash = ANY($2) AND used_at IS NULL AND expires_at > now()
       RETURNING subject_id, data`,
      [purpose, this.hashes(purpose, token)],
    );
    const [row] = rows;
    return row ? { subjectId: row.subject_id, data: row.data } : null;
  }

  /**
   * Spends the outstanding secret of a subject that was issued with this data, for a client that does not have the
   * token. Of any number of parallel calls, exactly one returns true.
   */
  async spendIssuedFor(
    tx: Transaction,
    { purpose, subjectId, data }: Pick<StoredSecret, 'subjectId' | 'data'> & { purpose: SecretPurpose },
  ): Promise<boolean> {
    const rows = await tx.many<object>(
      `UPDATE one_time_secrets SET used_at = now()
       WHERE purpose = $1 AND subject_id = $2 AND data @> $3::jsonb AND used_at IS NULL AND expires_at > now()
       RETURNING 1`,
      [purpose, subjectId, data],
    );
    return rows.length > 0;
  }

  /** Revokes outstanding secrets of a subject: those of these purposes, or all (null). */
  async revoke(tx: Transaction, subjectId: string, purposes: SecretPurpose[] | null): Promise<void> {
    await tx.execute(
      `UPDATE one_time_secrets SET used_at = now()
       WHERE subject_id = $1 AND ($2::text[] IS NULL OR purpose = ANY($2)) AND used_at IS NULL`,
      [subjectId, purposes],
    );
  }

  /**
   * As `revoke`, and every temp token and device token of the user: call it before the pending sign-ins and trusted
   * devices are deleted.
   */
  async revokeOfUser(tx: Transaction, userId: string, purposes: SecretPurpose[] | null): Promise<void> {
    await tx.execute(
      `UPDATE one_time_secrets SET used_at = now()
       WHERE used_at IS NULL AND ((subject_id = $1 AND ($2::text[] IS NULL OR purpose = ANY($2)))
         OR subject_id = ANY (ARRAY(
           SELECT id FROM pending_sign_ins WHERE user_id = $1
           UNION ALL SELECT id FROM trusted_devices WHERE user_id = $1)))`,
      [userId, purposes],
    );
  }

  private hashes(purpose: SecretPurpose, token: string): Buffer[] {
    return this.keyring.hmacs('secret-hash', `${purpose}:${token}`);
  }
}
