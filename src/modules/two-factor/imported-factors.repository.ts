import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Transaction } from '../../database/transaction.js';

/** Second factors of people who come from another system, many in one statement. */
@Injectable()
export class ImportedFactorsRepository {
  /** Confirmed factors: every sign-in asks for a code. */
  async insertFactors(tx: Transaction, factors: { userId: string; seedEncrypted: Buffer }[]): Promise<void> {
    const values = [factors.map(({ userId }) => userId), factors.map(({ seedEncrypted }) => seedEncrypted)];
    await tx.execute(INSERT_FACTORS, values);
  }

  async insertCodes(tx: Transaction, codes: { userId: string; hash: Buffer }[]): Promise<void> {
    const values = [
      codes.map(() => newId()),
      codes.map(({ userId }) => userId),
      codes.map(({ hash }) => hash),
    ];
    await tx.execute(INSERT_CODES, values);
  }
}

/** $1 users, $2 encrypted seeds. */
const INSERT_FACTORS = `
  INSERT INTO totp_factors (user_id, seed_encrypted, confirmed_at)
  SELECT user_id, seed, now() FROM unnest($1::uuid[], $2::bytea[]) AS f (user_id, seed)`;

/** $1 ids, $2 users, $3 hashes. */
const INSERT_CODES = `
  INSERT INTO recovery_codes (id, user_id, code_hash)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[])`;
