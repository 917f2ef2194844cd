import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Keyring } from '../../common/keyring.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { MAX_CONSECUTIVE_FAILURES } from './totp-factors.queries.js';

const CODES = 10;
const DIGITS = 8;

/**
 * Recovery codes for a lost authenticator: ten codes of eight digits, each valid once. Stored only as hashes under a
 * key that is not in the database. Codes this short are safe only because attempts are limited.
 */
@Injectable()
export class RecoveryCodesService {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Issues a new set, invalidates the old one and resets the failure count. The codes are never stored in plain text.
   */
  async replace(tx: Transaction, userId: string): Promise<string[]> {
    const codes = newCodes();
    await tx.execute('DELETE FROM recovery_codes WHERE user_id = $1', [userId]);
    await tx.execute('UPDATE totp_factors SET recovery_code_failures = 0 WHERE user_id = $1', [userId]);
    await tx.execute(
      `INSERT INTO recovery_codes (id, user_id, code_hash) SELECT unnest($1::uuid[]), $2, unnest($3::bytea[])`,
      [codes.map(() => newId()), userId, codes.map((code) => this.hashes(userId, code)[0])],
    );
    return codes;
  }

  /**
   * Consumes a code of a confirmed factor. Of any number of parallel calls, exactly one returns true. After
   * MAX_CONSECUTIVE_FAILURES wrong codes, none is accepted.
   */
  async spend(tx: Transaction, userId: string, code: string): Promise<boolean> {
    const spent = await tx.many<object>(
      `UPDATE recovery_codes r SET used_at = now() FROM totp_factors f
       WHERE r.user_id = $1 AND r.code_hash = ANY ($2::bytea[]) AND r.used_at IS NULL
         AND f.user_id = r.user_id AND f.confirmed_at IS NOT NULL
         AND f.recovery_code_failures < ${MAX_CONSECUTIVE_FAILURES}
       RETURNING r.id`,
      [userId, this.hashes(userId, code)],
    );
    return spent.length > 0;
  }

  /**
   * Counts a wrong code towards the limit on consecutive failures, outside the caller's transaction, so that a rollback
   * cannot undo it.
   */
  async countFailure(userId: string): Promise<void> {
    const text =
      'UPDATE totp_factors SET recovery_code_failures = recovery_code_failures + 1 WHERE user_id = $1';
    await this.database.autocommit.many({ name: 'count-recovery-code-failure', text }, [userId]);
  }

  /** The number of unused codes of a confirmed factor. */
  async countLeft(userId: string): Promise<number> {
    const [row] = await this.database.autocommit.many<{ left: number }>(
      {
        name: 'count-recovery-codes',
        text: `SELECT count(*)::int AS left FROM recovery_codes r
               JOIN totp_factors f ON f.user_id = r.user_id AND f.confirmed_at IS NOT NULL
               WHERE r.user_id = $1 AND r.used_at IS NULL`,
      },
      [userId],
    );
    return row?.left ?? 0;
  }

  private hashes(userId: string, code: string): Buffer[] {
    return this.keyring.hmacs('recovery-code', `${userId}:${code}`);
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
