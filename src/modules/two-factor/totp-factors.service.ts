import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { matchStep, newSeed } from './totp.js';
import { ACCEPT_STEP, CONFIRM_FACTOR, ENROL_FACTOR, READ_FACTOR } from './totp-factors.queries.js';

interface Factor {
  seedEncrypted: Buffer;
  isConfirmed: boolean;
}

/**
 * TOTP factors (RFC 6238), at most one per user. The seed is stored encrypted, bound to its user, and disclosed once.
 */
@Injectable()
export class TotpFactorsService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether the user has a confirmed factor. Only a confirmed factor is required at sign-in. */
  async isEnabled(tx: Transaction, userId: string): Promise<boolean> {
    return (await this.read(tx, userId))?.isConfirmed === true;
  }

  /** Issues a new seed, replacing an unconfirmed one; null if a confirmed factor exists. */
  async enrol(tx: Transaction, userId: string): Promise<string | null> {
    const seed = newSeed();
    const enrolled = await tx.many<object>(ENROL_FACTOR, [userId, this.encrypt(seed, userId)]);
    return enrolled.length > 0 ? seed : null;
  }

  /** Whether there is an enrolment to confirm. */
  async isEnrolling(tx: Queries, userId: string): Promise<boolean> {
    return (await this.read(tx, userId))?.isConfirmed === false;
  }

  /** Confirms the enrolment with a valid code, which is consumed. Of parallel calls, one returns true. */
  async confirm(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, CONFIRM_FACTOR);
  }

  /** Consumes a code of the confirmed factor. Each time step is accepted once, and none at or below the last. */
  async accept(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, ACCEPT_STEP);
  }

  /**
   * Counts a wrong code towards the limit on consecutive failures, outside the caller's transaction, so that a rollback
   * cannot undo it.
   */
  async countFailure(userId: string): Promise<void> {
    const text = 'UPDATE totp_factors SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1';
    await this.database.autocommit.many({ name: 'count-totp-failure', text }, [userId]);
  }

  /** Resets both failure counts after the user recovered by another method. */
  async restore(tx: Transaction, userId: string): Promise<void> {
    await tx.execute(
      'UPDATE totp_factors SET consecutive_failures = 0, recovery_code_failures = 0 WHERE user_id = $1',
      [userId],
    );
  }

  /** Removes the factor with its recovery codes. */
  async remove(tx: Transaction, userId: string): Promise<void> {
    await tx.execute('DELETE FROM totp_factors WHERE user_id = $1', [userId]);
  }

  /** As `remove`, unless the factor was confirmed before `since`. */
  async removeSince(tx: Transaction, userId: string, since: Date): Promise<void> {
    const text =
      'DELETE FROM totp_factors WHERE user_id = $1 AND (confirmed_at IS NULL OR confirmed_at >= $2)';
    await tx.execute(text, [userId, since]);
  }

  /**
   * Verifies a code and records its step. Also encrypts the seed again: after a rotation of SECRET_KEY, its next use
   * moves it to the new key.
   */
  private async advance(tx: Transaction, userId: string, code: string, statement: string): Promise<boolean> {
    const factor = await this.read(tx, userId);
    if (!factor) return false;
    const seed = this.keyring.decrypt('totp-seed', factor.seedEncrypted, userId);
    const step = matchStep(seed, code, new Date(), this.config.TOTP_STEP_SECONDS);
    if (step === null) return false;
    const advanced = await tx.many<object>(statement, [userId, step, this.encrypt(seed, userId)]);
    return advanced.length > 0;
  }

  private encrypt(seed: string, userId: string): Buffer {
    return this.keyring.encrypt('totp-seed', seed, userId);
  }

  private async read(tx: Queries, userId: string): Promise<Factor | null> {
    const factor = await tx.one<Factor>(READ_FACTOR, [userId]);
    return factor;
  }
}
