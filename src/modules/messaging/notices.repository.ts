import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../database/transaction.js';

/** The identifiers by which a person can be notified. */
export interface Reach {
  email: string | null;
  emailVerifiedAt: Date | null;
  phone: string | null;
  phoneVerifiedAt: Date | null;
}

/** Whom notices may reach. */
@Injectable()
export class NoticesRepository {
  findReach(tx: Transaction, userId: string): Promise<Reach | null> {
    return tx.one<Reach>(FIND_REACH, [userId]);
  }

  /** Returns true only the first time for an account and a recipient; of parallel calls, one. */
  async markUnconfirmed(
    tx: Transaction,
    { userId, recipientHashes }: { userId: string; recipientHashes: Buffer[] },
  ): Promise<boolean> {
    return (await tx.execute(MARK_UNCONFIRMED, [userId, recipientHashes])) === 1;
  }
}

/** $1 user. */
const FIND_REACH = `
  SELECT email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt"
  FROM users WHERE id = $1`;

/** $1 account, $2 recipient hashes, the current first. */
const MARK_UNCONFIRMED = `
  INSERT INTO unconfirmed_notices (user_id, recipient_hash)
  SELECT $1::uuid, ($2::bytea[])[1]
  WHERE NOT EXISTS (
    SELECT 1 FROM unconfirmed_notices WHERE user_id = $1::uuid AND recipient_hash = ANY ($2::bytea[]))
  ON CONFLICT DO NOTHING`;
