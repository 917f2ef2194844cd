import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { type Credential, CredentialsService } from '../passwords/credentials.service.js';
import { CurrentPasswordIncorrect, ReauthenticationRequired } from '../passwords/passwords.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { type CodeGuess, SecondFactorService } from '../two-factor/second-factor.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { JoinedAnotherTenant } from './account-lifecycle.errors.js';
import { HiddenMembershipsService } from './hidden-memberships.service.js';
import { PendingDeletionService } from './pending-deletion.service.js';

/** Reauthentication for the deletion of an account. */
export interface DeletionConfirmation {
  password: string;
  /** The second-factor code; required if the user has a second factor. */
  code?: string;
}

/** Requests account deletion: the account is hidden at once, and erased when the time for restoration is over. */
@Injectable()
export class AccountDeletionService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly memberships: HiddenMembershipsService,
    private readonly credentials: CredentialsService,
    private readonly reauthentication: ReauthenticationService,
    private readonly secondFactor: SecondFactorService,
    private readonly deletion: PendingDeletionService,
  ) {}

  /**
   * Returns when the account will be erased. Until then its identifiers stay taken and its memberships hidden. Throws
   * CurrentPasswordIncorrect, ReauthenticationRequired, TwoFactorCodeInvalid, TooManyAttempts,
   * LeavesOthersWithoutOwner, or MessageLimitExceeded if the restoration link cannot be sent; then nothing changed and
   * the code is not consumed. If the last two top-level members request deletion at once, one of the requests fails.
   */
  async request(actor: Actor, { password, code }: DeletionConfirmation): Promise<Date> {
    const credential = await this.reauthentication.byPassword(actor, password, 'password');
    const confirmed = await this.reserveCode(actor, code);
    for (;;) {
      try {
        return await this.attempt(actor, credential, confirmed);
      } catch (error) {
        // Retry with the new tenant locked too
        if (!(error instanceof JoinedAnotherTenant)) throw error;
      }
    }
  }

  /**
   * Returns null if the user has no second factor. Checks the owner rule first, so that a request that must fail does
   * not cost an attempt.
   */
  private async reserveCode(actor: Actor, code?: string): Promise<{ guess: CodeGuess; code: string } | null> {
    const { user, membership } = actor.session;
    if (!user.twoFactorEnabled) return null;
    if (code === undefined) throw new ReauthenticationRequired(['password', 'code']);
    await this.memberships.assertMayLeave(user.id);
    return {
      guess: await this.secondFactor.reserve(user.id, membership?.tenant.id ?? null, actor.origin),
      code,
    };
  }

  /** Lock order: tenants, then the user. The code is consumed with the user locked. */
  private attempt(
    actor: Actor,
    credential: Credential,
    confirmed: { guess: CodeGuess; code: string } | null,
  ): Promise<Date> {
    let tenantIds: string[] = [];
    const lock = async (tx: PeopleTransaction) => {
      tenantIds = await this.memberships.lockTenants(tx, actor.userId);
    };
    const leave = (tx: PeopleTransaction, user: UserEntity) =>
      this.leave(tx, actor, user, credential, tenantIds);
    if (confirmed) return this.secondFactor.use(confirmed.guess, confirmed.code, leave, lock);
    return this.database.acrossTenants(async (tx) => {
      await lock(tx);
      const user = await this.users.lock(tx, actor.userId);
      if (!user) throw new UserGone();
      return leave(tx, user);
    });
  }

  private async leave(
    tx: PeopleTransaction,
    actor: Actor,
    user: UserEntity,
    credential: Credential,
    tenantIds: string[],
  ): Promise<Date> {
    if (!(await this.credentials.isCurrent(tx, credential))) throw new CurrentPasswordIncorrect('password');
    await this.memberships.hide(tx, user.id, tenantIds);
    return this.deletion.start(tx, actor, user, tenantIds);
  }
}
