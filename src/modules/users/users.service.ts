import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Identifier } from '../../common/identifiers.js';
import type { Transaction } from '../../database/transaction.js';
import type { UserEntity } from './entities/user.entity.js';
import { type NewUser, type ProfileFields, UsersRepository } from './users.repository.js';

/** Users and their identifiers, which are in canonical form throughout. */
@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository) {}

  /**
   * Throws EmailTaken or PhoneTaken if any account holds the identifier, verified or not; safe under parallel calls.
   */
  create(tx: Transaction, input: NewUser): Promise<UserEntity> {
    return this.users.insert(tx, { id: newId(), ...input });
  }

  /**
   * Gives an emptied account (`IdentifierVerificationService`) the names of its new owner, and the other address they
   * gave beside the verified identifier. Throws EmailTaken.
   */
  async fill(
    tx: Transaction,
    user: UserEntity,
    { firstName, lastName, email, pendingEmail }: NewUser,
  ): Promise<UserEntity> {
    const addresses = { email: user.email ?? email ?? null, pendingEmail: pendingEmail ?? null };
    const changes = { firstName, lastName, ...addresses };
    await this.users.updateWithEmail(tx, user.id, changes);
    return { ...user, ...changes };
  }

  /** The active account that holds the identifier, verified or not. */
  findByIdentifier(identifier: Identifier): Promise<UserEntity | null> {
    return this.users.findActiveBy(identifier);
  }

  /** The account to send recovery instructions for the identifier, including one that is being deleted. */
  findHolderToRecover(identifier: Identifier, tenantSlug: string | null): Promise<UserEntity | null> {
    return this.users.findToRecover(identifier, tenantSlug);
  }

  /**
   * Locks the user until the transaction ends, which serialises sign-ins, recoveries and changes of one account. Null
   * if the account is not active.
   */
  lock(tx: Transaction, id: string): Promise<UserEntity | null> {
    return this.users.lockActive(tx, id);
  }

  /** As `lock`, including an account that is being deleted, which cannot be restored meanwhile. */
  lockWithLeaving(tx: Transaction, id: string): Promise<UserEntity | null> {
    return this.users.lockWithLeaving(tx, id);
  }

  /** Locks the account that holds the identifier, verified or not, whatever its status. */
  lockHolder(tx: Transaction, identifier: Identifier): Promise<UserEntity | null> {
    return this.users.lockHolder(tx, identifier);
  }

  /** Removes the e-mail address, verified or not, and the pending one. */
  removeEmail(tx: Transaction, id: string): Promise<void> {
    return this.users.removeEmail(tx, id);
  }

  update(tx: Transaction, id: string, changes: ProfileFields): Promise<void> {
    return this.users.update(tx, id, changes);
  }
}
