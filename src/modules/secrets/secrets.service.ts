import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Keyring } from '../../common/keyring.js';
import type { Transaction } from '../../database/transaction.js';
import { type SecretPurpose, SecretsRepository, type StoredSecret } from './secrets.repository.js';

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

/**
 * Stores one-time tokens: 256 random bits unless they must be short, kept only as a keyed hash bound to the purpose,
 * spent at most once.
 */
@Injectable()
export class SecretsService {
  constructor(
    private readonly secrets: SecretsRepository,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Issues a secret and revokes older ones of the same purpose and subject, unless `keepsOlder`. The token is not
   * stored.
   */
  async issue(
    tx: Transaction,
    { purpose, subjectId, ttlSeconds, bytes = 32, keepsOlder = false, data = {} }: NewSecret,
  ): Promise<{ token: string; expiresAt: Date }> {
    if (!keepsOlder) await this.revoke(tx, subjectId, [purpose]);
    const token = randomBytes(Math.max(16, bytes)).toString('base64url');
    const row = { id: newId(), purpose, hash: this.hash(purpose, token), subjectId, data, ttlSeconds };
    return { token, expiresAt: await this.secrets.insert(tx, row) };
  }

  /** Does not spend the secret. Null if it is unknown for this purpose. */
  find(purpose: SecretPurpose, token: string): Promise<StoredSecret | null> {
    return this.secrets.find({ purpose, hash: this.hash(purpose, token) });
  }

  /** Spends the secret. Of any number of parallel calls, exactly one gets it; the others get null. */
  spend(
    tx: Transaction,
    purpose: SecretPurpose,
    token: string,
  ): Promise<Pick<StoredSecret, 'subjectId' | 'data'> | null> {
    return this.secrets.spend(tx, { purpose, hash: this.hash(purpose, token) });
  }

  /**
   * Spends the outstanding secret of a subject that was issued with this data, for a client that does not have the
   * token. Of any number of parallel calls, exactly one returns true.
   */
  spendIssuedFor(
    tx: Transaction,
    issued: Pick<StoredSecret, 'subjectId' | 'data'> & { purpose: SecretPurpose },
  ): Promise<boolean> {
    return this.secrets.spendIssuedFor(tx, issued);
  }

  /** Revokes outstanding secrets of a subject: those of these purposes, or all (null). */
  revoke(tx: Transaction, subjectId: string, purposes: SecretPurpose[] | null): Promise<void> {
    return this.secrets.revoke(tx, subjectId, purposes);
  }

  /** As `revoke`, for all secrets of several subjects. */
  revokeAll(tx: Transaction, subjectIds: string[]): Promise<void> {
    return this.secrets.revokeAll(tx, subjectIds);
  }

  /**
   * As `revoke`, and every temp token and device token of the user: call it before the pending sign-ins and trusted
   * devices are deleted.
   */
  revokeOfUser(tx: Transaction, userId: string, purposes: SecretPurpose[] | null): Promise<void> {
    return this.secrets.revokeOfUser(tx, userId, purposes);
  }

  private hash(purpose: SecretPurpose, token: string): Buffer {
    return this.keyring.hmac('secret-hash', `${purpose}:${token}`);
  }
}
