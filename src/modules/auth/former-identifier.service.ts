import { Injectable } from '@nestjs/common';
import type { Identifier } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AccountRestorationService } from '../account-lifecycle/account-restoration.service.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import type { EmailChange } from '../profile/email-changes.repository.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { RevertTokenInvalid } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';

/** Gives an account back the identifier that it had before a change. */
@Injectable()
export class FormerIdentifierService {
  constructor(
    private readonly restoration: AccountRestorationService,
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
  ) {}

  /** Locks the old address and the account, whose pending deletion is cancelled. Throws RevertTokenInvalid. */
  async lock(
    tx: PeopleTransaction,
    { userId, oldEmail }: EmailChange,
    origin: RequestOrigin,
  ): Promise<UserEntity> {
    await this.restoration.cancelDeletion(tx, userId, origin);
    if (oldEmail !== null)
      await this.verification.lockClaim(tx, { kind: 'email', value: oldEmail }, { userId });
    const user = await this.users.lock(tx, userId);
    if (!user) throw new RevertTokenInvalid();
    return user;
  }

  /**
   * Returns the identifier by which the user can recover the account now: the old address, or the phone if there was
   * none. Throws EmailTaken or RevertTokenInvalid.
   */
  async restore(
    tx: Transaction,
    user: UserEntity,
    oldEmail: string | null,
    origin: RequestOrigin,
  ): Promise<Identifier> {
    if (oldEmail !== null) {
      const identifier = { kind: 'email', value: oldEmail } as const;
      await this.verification.verifyOwn(tx, user, identifier, origin);
      return identifier;
    }
    if (user.phone === null) throw new RevertTokenInvalid();
    await this.users.removeEmail(tx, user.id);
    return { kind: 'phone', value: user.phone };
  }
}
