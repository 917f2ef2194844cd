import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Queries, Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { TotpFactorEntity } from './entities/totp-factor.entity.js';

/**
 * NIST SP 800-63B-4 §3.2.2: this many consecutive failures disable the authenticator; recovery codes have a separate
 * count with the same limit. A password recovery re-enables both, a recovery code the authenticator.
 */
export const MAX_CONSECUTIVE_FAILURES = 100;

export interface TotpFactor {
  seedEncrypted: Buffer;
  isConfirmed: boolean;
}

/** A code that was right: its time step, and the seed, encrypted again. */
export interface Advance {
  userId: string;
  step: number;
  seedEncrypted: Buffer;
}

/** Which failures are counted: of the authenticator's codes or of the recovery codes. */
export type FailureKind = 'totp' | 'recovery-code';

/** TOTP factors, at most one per user, and the counts of consecutive failures. */
@Injectable()
export class TotpFactorsRepository {
  constructor(private readonly database: Database) {}

  find(tx: Queries, userId: string): Promise<TotpFactor | null> {
    return tx.one<TotpFactor>(FIND, [userId]);
  }

  /** Replaces an unconfirmed factor. Returns false if a confirmed one exists, which stays unchanged. */
  async enrol(
    tx: Transaction,
    { userId, seedEncrypted }: { userId: string; seedEncrypted: Buffer },
  ): Promise<boolean> {
    return (await tx.execute(ENROL, [userId, seedEncrypted])) === 1;
  }

  /**
   * Confirms the factor and records the step, so that the enrolment code cannot be used again. Of any number of parallel
   * calls, one returns true.
   */
  async confirm(tx: Transaction, { userId, step, seedEncrypted }: Advance): Promise<boolean> {
    return (await tx.execute(CONFIRM, [userId, step, seedEncrypted])) === 1;
  }

  /**
   * RFC 6238 §5.2: a step is accepted once, and none at or below the last. Of any number of parallel calls with one step,
   * one returns true. Returns false for an unconfirmed or disabled factor.
   */
  async acceptStep(tx: Transaction, { userId, step, seedEncrypted }: Advance): Promise<boolean> {
    return (await tx.execute(ACCEPT_STEP, [userId, step, seedEncrypted])) === 1;
  }

  /** Commits by itself, so that a rollback cannot undo the count. */
  async countFailure(userId: string, kind: FailureKind): Promise<void> {
    await this.database.autocommit.execute(COUNT_FAILURE[kind], [userId]);
  }

  /** Resets the count of wrong recovery codes. */
  async forgetRecoveryCodeFailures(tx: Transaction, userId: string): Promise<void> {
    await tx.manager.update(TotpFactorEntity, { userId }, { recoveryCodeFailures: 0 });
  }

  /** Resets both counts of failures. */
  async forgetFailures(tx: Transaction, userId: string): Promise<void> {
    await tx.execute(FORGET_FAILURES, [userId]);
  }

  /** Deletes the factor with its recovery codes; with `since`, unless it was confirmed before. */
  async delete(tx: Transaction, userId: string, since: Date | null = null): Promise<void> {
    await tx.execute(DELETE, [userId, since]);
  }
}

/** $1 user. */
const FIND: Statement = {
  name: 'find-totp-factor',
  text: `
    SELECT seed_encrypted AS "seedEncrypted", confirmed_at IS NOT NULL AS "isConfirmed"
    FROM totp_factors WHERE user_id = $1`,
};

/** $1 user, $2 encrypted seed. */
const ENROL = `
  INSERT INTO totp_factors (user_id, seed_encrypted) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET seed_encrypted = $2, last_step = 0, consecutive_failures = 0,
    recovery_code_failures = 0, created_at = now()
  WHERE totp_factors.confirmed_at IS NULL`;

/** $1 user, $2 step, $3 encrypted seed. */
const CONFIRM = `
  UPDATE totp_factors SET confirmed_at = now(), last_step = $2, seed_encrypted = $3
  WHERE user_id = $1 AND confirmed_at IS NULL`;

/** $1 user, $2 step, $3 encrypted seed. */
const ACCEPT_STEP: Statement = {
  name: 'accept-totp-step',
  text: `
    UPDATE totp_factors SET last_step = $2, consecutive_failures = 0, seed_encrypted = $3
    WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL
      AND consecutive_failures < ${MAX_CONSECUTIVE_FAILURES}`,
};

/** $1 user. */
const COUNT_FAILURE: Record<FailureKind, Statement> = {
  totp: {
    name: 'count-totp-failure',
    text: 'UPDATE totp_factors SET consecutive_failures = consecutive_failures + 1 WHERE user_id = $1',
  },
  'recovery-code': {
    name: 'count-recovery-code-failure',
    text: 'UPDATE totp_factors SET recovery_code_failures = recovery_code_failures + 1 WHERE user_id = $1',
  },
};

/** $1 user. */
const FORGET_FAILURES: Statement = {
  name: 'forget-totp-failures',
  text: 'UPDATE totp_factors SET consecutive_failures = 0, recovery_code_failures = 0 WHERE user_id = $1',
};

/** $1 user, $2 time or null. */
const DELETE = `
  DELETE FROM totp_factors
  WHERE user_id = $1 AND ($2::timestamptz IS NULL OR confirmed_at IS NULL OR confirmed_at >= $2)`;
