import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { matchStep, newSeed } from './totp.js';
import { ACCEPT_STEP, CONFIRM_FACTOR, ENROL_FACTOR, READ_FACTOR } from './totp-factors.queries.js';

interface Factor {
  seedEncrypted: Buffer;
  isConfirmed: boolean;
}

/** Authenticators: at most one of a person. Its seed is kept encrypted, bound to its person, and shown once. */
@Injectable()
export class TotpFactorsService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Whether a factor is confirmed: only such a one asks for codes. */
  async isEnabled(tx: Tx, userId: string): Promise<boolean> {
    return (await this.read(tx, userId))?.isConfirmed === true;
  }

  /** A new seed in the place of one that was never confirmed; null where one was. */
  async enrol(tx: Tx, userId: string): Promise<string | null> {
    const seed = newSeed();
    const enrolled = await tx.query<unknown[]>(ENROL_FACTOR, [userId, this.seal(seed, userId)]);
    return enrolled.length > 0 ? seed : null;
  }

  /** Whether there is an enrolment to confirm. */
  async isEnrolling(tx: Tx, userId: string): Promise<boolean> {
    return (await this.read(tx, userId))?.isConfirmed === false;
  }

  /** Confirms the enrolment by a right code, which is used up. Of parallel calls one gets true. */
  async confirm(tx: Tx, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, CONFIRM_FACTOR);
  }

  /** Uses a code of the confirmed factor up. Each step counts once, and none at or below the last. */
  async accept(tx: Tx, userId: string, code: string): Promise<boolean> {
    return this.advance(tx, userId, code, ACCEPT_STEP);
  }

  /** Counts a wrong code, for the bound on consecutive ones; by itself, so that no rollback forgives it. */
  async countFailure(userId: string): Promise<void> {
    const text = 'UPDATE totp_factors SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1';
    await this.database.run({ name: 'count-totp-failure', text }, [userId]);
  }

  /** The person has recovered in another way: the consecutive failures are forgiven, those of recovery codes too. */
  async restore(tx: Tx, userId: string): Promise<void> {
    await tx.query(
      'UPDATE totp_factors SET consecutive_failures = 0, recovery_code_failures = 0 WHERE user_id = $1',
      [userId],
    );
  }

  /** Takes the factor away, and its recovery codes with it. */
  async remove(tx: Tx, userId: string): Promise<void> {
    await tx.query('DELETE FROM totp_factors WHERE user_id = $1', [userId]);
  }

  /** As `remove`, where the factor was not confirmed before that time. */
  async removeSince(tx: Tx, userId: string, since: Date): Promise<void> {
    const text =
      'DELETE FROM totp_factors WHERE user_id = $1 AND (confirmed_at IS NULL OR confirmed_at >= $2)';
    await tx.query(text, [userId, since]);
  }

  /** Seals the seed anew, too: after a rotation of SECRET_KEY it moves to the new key with its next use. */
  private async advance(tx: Tx, userId: string, code: string, statement: string): Promise<boolean> {
    const factor = await this.read(tx, userId);
    if (!factor) return false;
    const seed = this.keyring.decrypt('totp-seed', factor.seedEncrypted, userId);
    const step = matchStep(seed, code, new Date(), this.config.TOTP_STEP_SECONDS);
    if (step === null) return false;
    const [advanced] = await tx.query<[unknown[], number]>(statement, [
      userId,
      step,
      this.seal(seed, userId),
    ]);
    return advanced.length > 0;
  }

  private seal(seed: string, userId: string): Buffer {
    return this.keyring.encrypt('totp-seed', seed, userId);
  }

  private async read(tx: Tx, userId: string): Promise<Factor | undefined> {
    const [factor] = await tx.query<Factor[]>(READ_FACTOR, [userId]);
    return factor;
  }
}
