import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { UserEntity } from './entities/user.entity.js';

/** A user whose account deletion is pending. */
export type LeavingUser = Pick<UserEntity, 'id' | 'email' | 'phone' | 'firstName'>;

/** A user whose time for restoration is over. */
export interface DueUser extends Pick<UserEntity, 'id' | 'email' | 'phone'> {
  emailProven: boolean;
  phoneProven: boolean;
}

/** Users whose account deletion was requested. */
@Injectable()
export class LeavingUsersRepository {
  constructor(private readonly database: Database) {}

  /** Returns when the account will be erased. Null if it is not active. */
  async mark(tx: PeopleTransaction, userId: string, graceSeconds: number): Promise<Date | null> {
    const marked = await tx.one<{ deletionAt: Date }>(MARK, [userId, graceSeconds]);
    return marked?.deletionAt ?? null;
  }

  /** Locks the user. Null if no deletion is pending: never requested, already cancelled, or due. */
  lock(tx: PeopleTransaction, userId: string): Promise<LeavingUser | null> {
    return tx.one<LeavingUser>(LOCK, [userId]);
  }

  /** Undoes `mark`. */
  async restore(tx: PeopleTransaction, userId: string): Promise<void> {
    await tx.execute(RESTORE, [userId]);
  }

  /** The ids of the users who are due, those who waited longest first. */
  async listDue(limit: number): Promise<string[]> {
    const due = await this.database.autocommit.many<{ id: string }>(LIST_DUE, [limit]);
    return due.map(({ id }) => id);
  }

  /** Locks the user. Null if another instance has locked them, or the account was restored. */
  lockDue(tx: PeopleTransaction, userId: string): Promise<DueUser | null> {
    return tx.one<DueUser>(LOCK_DUE, [userId]);
  }

  /** The foreign keys delete or null every reference to the user. */
  async delete(tx: PeopleTransaction, userId: string): Promise<void> {
    await tx.manager.delete(UserEntity, { id: userId });
  }
}

/** $1 user, $2 seconds in which the account can be restored. */
const MARK = `
  UPDATE users SET status = 'leaving', deletion_at = now() + make_interval(secs => $2), updated_at = now()
  WHERE id = $1 AND status = 'active' RETURNING deletion_at AS "deletionAt"`;

/** $1 user. */
const LOCK = `
  SELECT id, email, phone, first_name AS "firstName" FROM users
  WHERE id = $1 AND status = 'leaving' AND deletion_at > now() FOR NO KEY UPDATE`;

/** $1 user. */
const RESTORE = `UPDATE users SET status = 'active', deletion_at = NULL, updated_at = now() WHERE id = $1`;

/** $1 limit. */
const LIST_DUE = 'SELECT id FROM users WHERE deletion_at <= now() ORDER BY deletion_at LIMIT $1';

/** $1 user. */
const LOCK_DUE = `
  SELECT id, email, email_verified_at IS NOT NULL AS "emailProven",
    phone, phone_verified_at IS NOT NULL AS "phoneProven"
  FROM users WHERE id = $1 AND deletion_at <= now() FOR UPDATE SKIP LOCKED`;
