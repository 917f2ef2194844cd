import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { matchStep, newSeed } from './totp.js';
import { type Advance, TotpFactorsRepository } from './totp-factors.repository.js';

/**
 * TOTP factors (RFC 6238), at most one per user. The seed is stored encrypted, bound to its user, and disclosed once.
 */
@Injectable()
export class TotpFactorsService {
  constructor(
    private readonly database: Database,
    private readonly factors: TotpFactorsRepository,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether the user has a confirmed factor. Only a confirmed factor is required at sign-in. */
  async isEnabled(tx: Transaction, userId: string): Promise<boolean> {
    return (await this.factors.find(tx, userId))?.isConfirmed === true;
  }

  /** Issues a new seed, replacing an unconfirmed one; null if a confirmed factor exists. */
  async enrol(tx: Transaction, userId: string): Promise<string | null> {
    const seed = newSeed();
    const seedEncrypted = this.encrypt(seed, userId);
    return (await this.factors.enrol(tx, { userId, seedEncrypted })) ? seed : null;
  }

  /** Whether there is an enrolment to confirm. */
  async isEnrolling(userId: string): Promise<boolean> {
    return (await this.factors.find(this.database.autocommit, userId))?.isConfirmed === false;
  }

  /** Confirms the enrolment with a valid code, which is consumed. Of parallel calls, one returns true. */
  async confirm(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, (advance) => this.factors.confirm(tx, advance));
  }

  /** Consumes a code of the confirmed factor. Each time step is accepted once, and none at or below the last. */
  async accept(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, (advance) => this.factors.acceptStep(tx, advance));
  }

  /**
   * Counts a wrong code towards the limit on consecutive failures, outside the caller's transaction, so that a rollback
   * cannot undo it.
   */
  async countFailure(userId: string): Promise<void> {
    await this.factors.countFailure(userId, 'totp');
  }

  /** Resets both failure counts after the user recovered by another method. */
  async restore(tx: Transaction, userId: string): Promise<void> {
    await this.factors.forgetFailures(tx, userId);
  }

  /** Removes the factor with its recovery codes; with `since`, unless it was confirmed before. */
  async remove(tx: Transaction, userId: string, since: Date | null = null): Promise<void> {
    await this.factors.delete(tx, userId, since);
  }

  /**
   * Verifies a code and records its step. After a rotation of SECRET_KEY, the next use of a seed moves it to the new
   * key. Throws SecretUnreadable.
   */
  private async advance(
    tx: Transaction,
    userId: string,
    code: string,
    record: (advance: Advance) => Promise<boolean>,
  ): Promise<boolean> {
    const factor = await this.factors.find(tx, userId);
    if (!factor) return false;
    const seed = this.keyring.decrypt('totp-seed', factor.seedEncrypted, userId);
    const step = matchStep(seed, code, new Date(), this.config.TOTP_STEP_SECONDS);
    if (step === null) return false;
    const renewed = this.keyring.reencrypt('totp-seed', factor.seedEncrypted, userId);
    return record({ userId, step, seedEncrypted: renewed ?? factor.seedEncrypted });
  }

  private encrypt(seed: string, userId: string): Buffer {
    return this.keyring.encrypt('totp-seed', seed, userId);
  }
}
