import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import type { Transaction } from '../../database/transaction.js';
import { RecoveryCodesRepository } from './recovery-codes.repository.js';
import { TotpFactorsRepository } from './totp-factors.repository.js';

const CODES = 10;
const DIGITS = 8;

/**
 * Recovery codes for a lost authenticator: ten codes of eight digits, each valid once. Stored only as hashes under a
 * key that is not in the database. Codes this short are safe only because attempts are limited.
 */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly codes: RecoveryCodesRepository,
    private readonly factors: TotpFactorsRepository,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Issues a new set, invalidates the old one and resets the failure count. The codes are never stored in plain text.
   */
  async replace(tx: Transaction, userId: string): Promise<string[]> {
    const codes = newCodes();
    await this.codes.deleteAll(tx, userId);
    await this.factors.forgetRecoveryCodeFailures(tx, userId);
    const hashes = codes.map((code) => this.hash(userId, code));
    await this.codes.insert(tx, userId, hashes);
    return codes;
  }

  /**
   * Consumes a code of a confirmed factor. Of any number of parallel calls, exactly one returns true. After
   * MAX_CONSECUTIVE_FAILURES wrong codes, none is accepted.
   */
  async spend(tx: Transaction, userId: string, code: string): Promise<boolean> {
    return this.codes.spend(tx, userId, this.hash(userId, code));
  }

  /**
   * Counts a wrong code towards the limit on consecutive failures, outside the caller's transaction, so that a rollback
   * cannot undo it.
   */
  async countFailure(userId: string): Promise<void> {
    await this.factors.countFailure(userId, 'recovery-code');
  }

  /** The number of unused codes of a confirmed factor. */
  countLeft(userId: string): Promise<number> {
    return this.codes.countLeft(userId);
  }

  /** How a code is stored. */
  hash(userId: string, code: string): Buffer {
    return this.keyring.hmac('recovery-code', `${userId}:${code}`);
  }
}

/** The codes are distinct. */
function newCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < CODES)
    codes.add(
      randomInt(10 ** DIGITS)
        .toString()
        .padStart(DIGITS, '0'),
    );
  return [...codes];
}
