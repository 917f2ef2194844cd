import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { RecoveryCodeEntity } from './entities/recovery-code.entity.js';
import { MAX_CONSECUTIVE_FAILURES } from './totp-factors.repository.js';

/** The hashes of recovery codes. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly database: Database) {}

  async deleteAll(tx: Transaction, userId: string): Promise<void> {
    await tx.manager.delete(RecoveryCodeEntity, { userId });
  }

  async insert(tx: Transaction, userId: string, hashes: Buffer[]): Promise<void> {
    await tx.execute(INSERT, [hashes.map(() => newId()), userId, hashes]);
  }

  /**
   * Consumes a code of a confirmed factor. Of any number of parallel calls, exactly one returns true. Returns false after
   * MAX_CONSECUTIVE_FAILURES wrong codes.
   */
  async spend(tx: Transaction, userId: string, hash: Buffer): Promise<boolean> {
    return (await tx.execute(SPEND, [userId, hash])) === 1;
  }

  /** The number of unused codes of a confirmed factor. */
  async countLeft(userId: string): Promise<number> {
    const counted = await this.database.autocommit.one<{ left: number }>(COUNT_LEFT, [userId]);
    return counted?.left ?? 0;
  }
}

/** $1 ids, $2 user, $3 hashes. */
const INSERT =
  'INSERT INTO recovery_codes (id, user_id, code_hash) SELECT unnest($1::uuid[]), $2, unnest($3::bytea[])';

/** $1 user, $2 hash. */
const SPEND: Statement = {
  name: 'spend-recovery-code',
  text: `
    UPDATE recovery_codes r SET used_at = now() FROM totp_factors f
    WHERE r.user_id = $1 AND r.code_hash = $2 AND r.used_at IS NULL
      AND f.user_id = r.user_id AND f.confirmed_at IS NOT NULL
      AND f.recovery_code_failures < ${MAX_CONSECUTIVE_FAILURES}`,
};

/** $1 user. */
const COUNT_LEFT: Statement = {
  name: 'count-recovery-codes',
  text: `
    SELECT count(*)::int AS left FROM recovery_codes r
    JOIN totp_factors f ON f.user_id = r.user_id AND f.confirmed_at IS NOT NULL
    WHERE r.user_id = $1 AND r.used_at IS NULL`,
};
