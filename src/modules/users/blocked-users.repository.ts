import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { UserEntity } from './entities/user.entity.js';

/** Accounts that an operator blocked. Their status is `closed`, which admits to nothing. */
@Injectable()
export class BlockedUsersRepository {
  constructor(private readonly database: Database) {}

  /** The account that holds the identifier, verified or not, whatever its status. */
  async findId({ kind, value }: Identifier): Promise<string | null> {
    const users = this.database.autocommit.manager;
    return (await users.findOne(UserEntity, { select: { id: true }, where: { [kind]: value } }))?.id ?? null;
  }

  /**
   * Blocks the account, also one that is being deleted, which then is erased when its time is over. Null if it is unknown
   * or blocked already. Locks it until the transaction ends.
   */
  block(tx: PeopleTransaction, userId: string): Promise<UserEntity | null> {
    return this.changed(tx, BLOCK, userId);
  }

  /** Gives the account the status that it would have without the block. Null if it is unknown or not blocked. */
  unblock(tx: PeopleTransaction, userId: string): Promise<UserEntity | null> {
    return this.changed(tx, UNBLOCK, userId);
  }

  exists(tx: PeopleTransaction, userId: string): Promise<boolean> {
    return tx.manager.existsBy(UserEntity, { id: userId });
  }

  private async changed(
    tx: PeopleTransaction,
    statement: string,
    userId: string,
  ): Promise<UserEntity | null> {
    const isChanged = (await tx.execute(statement, [userId])) === 1;
    return isChanged ? tx.manager.findOneBy(UserEntity, { id: userId }) : null;
  }
}

/** $1 user. */
const BLOCK = `UPDATE users SET status = 'closed', updated_at = now() WHERE id = $1 AND status <> 'closed'`;

/** $1 user. */
const UNBLOCK = `
  UPDATE users SET status = CASE WHEN deletion_at IS NULL THEN 'active' ELSE 'leaving' END, updated_at = now()
  WHERE id = $1 AND status = 'closed'`;
