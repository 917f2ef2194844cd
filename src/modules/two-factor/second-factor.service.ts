import { Injectable } from '@nestjs/common';
import { SecretUnreadable } from '../../common/keyring.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AttemptsService, FAILURES_BEFORE_NOTICE, type Guess } from '../attempts/attempts.service.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { type PendingSignIn, PendingSignInsService } from '../sessions/pending-sign-ins.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { type CodeOwner, SecondFactorCodesService } from './second-factor-codes.service.js';
import { TwoFactorCodeInvalid } from './two-factor.errors.js';

/** An attempt that has been counted already and may be compared. */
export interface CodeGuess extends CodeOwner {
  counted: Guess;
  /** Consecutive failures, including this attempt. */
  failures: number;
  pending?: PendingSignIn;
}

/** Counts, verifies and consumes second-factor codes. All code does this here, whatever the code is for. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly codes: SecondFactorCodesService,
    private readonly attempts: AttemptsService,
    private readonly pending: PendingSignInsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Counts and commits an attempt for the user and the address, across all uses of codes. In a pending sign-in the
   * attempt is also counted for the temp token, and only while the token has an attempt left. Throws TooManyAttempts or
   * TempTokenInvalid.
   */
  async reserve(
    userId: string,
    tenantId: string | null,
    origin: RequestOrigin,
    pending?: PendingSignIn,
  ): Promise<CodeGuess> {
    const about = { tenantId, userId };
    const guess = { subject: `second-factor:${userId}`, address: origin.address, about };
    const { failures } = pending
      ? await this.pending.reserve(pending, guess)
      : await this.attempts.reserve(guess, 'second-factor');
    return { userId, tenantId, origin, counted: guess, failures, pending };
  }

  /**
   * Consumes the code (six digits of TOTP or eight of a recovery code) and runs `work` in the same transaction, with
   * the user locked: the code is consumed if and only if the work commits. `lockFirst` takes locks that precede the
   * user's in the lock order. Throws TwoFactorCodeInvalid.
   */
  use<T>(
    guess: CodeGuess,
    code: string,
    work: (tx: PeopleTransaction, user: UserEntity) => Promise<T>,
    lockFirst?: (tx: PeopleTransaction) => Promise<void>,
  ): Promise<T> {
    const consume = (tx: Transaction) => this.codes.consume(tx, guess, code);
    return this.settle(guess, code, consume, work, lockFirst);
  }

  /** As `use`, with the code that confirms the user's enrolment. */
  useToConfirm<T>(
    guess: CodeGuess,
    code: string,
    work: (tx: PeopleTransaction, user: UserEntity) => Promise<T>,
  ): Promise<T> {
    return this.settle(guess, null, (tx) => this.codes.confirm(tx, guess.userId, code), work);
  }

  private async settle<T>(
    guess: CodeGuess,
    counted: string | null,
    consume: (tx: Transaction) => Promise<boolean>,
    work: (tx: PeopleTransaction, user: UserEntity) => Promise<T>,
    lockFirst?: (tx: PeopleTransaction) => Promise<void>,
  ): Promise<T> {
    const result = await this.database
      .acrossTenants(async (tx) => {
        await lockFirst?.(tx);
        const user = await this.users.lock(tx, guess.userId);
        if (!user) throw new UserGone();
        if (!(await consume(tx))) throw new TwoFactorCodeInvalid({ userId: guess.userId });
        return work(tx, user);
      })
      .catch(async (error: unknown) => {
        if (error instanceof TwoFactorCodeInvalid) await this.recordDenial(guess, counted);
        if (error instanceof SecretUnreadable) await this.refund(guess);
        throw error;
      });
    await this.attempts.succeeded(guess.counted);
    return result;
  }

  /** The code was not compared. */
  private async refund({ counted, pending }: CodeGuess): Promise<void> {
    if (pending) await this.pending.restoreAttempt(pending);
    await this.attempts.refund(counted);
  }

  /**
   * Runs in a transaction of its own, so that a rollback cannot undo the count. The wrong code is null for that of an
   * enrolment, which grants no access: it is not counted, and there is no notice.
   */
  private async recordDenial(guess: CodeGuess, code: string | null): Promise<void> {
    const { userId, tenantId, origin, failures } = guess;
    if (code !== null) await this.codes.countFailure(userId, code);
    await this.database.acrossTenants(async (tx) => {
      await this.audit.record(tx, origin, {
        action: 'two_factor.refused',
        tenantId,
        actorId: null,
        outcome: 'refused',
        target: { kind: 'user', id: userId },
      });
      if (code === null || failures !== FAILURES_BEFORE_NOTICE) return;
      const user = await this.users.lock(tx, userId);
      if (user) await this.notices.send(tx, user, 'second_factor_failures', origin);
    });
  }
}
