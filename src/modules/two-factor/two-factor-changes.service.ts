import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { type AuditAction, AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { NoticeEvent } from '../messaging/outgoing-message.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { type CodeGuess, SecondFactorService } from './second-factor.service.js';
import { TwoFactorNotEnabled } from './two-factor.errors.js';

/** What is recorded about a change, and sent to the user. */
interface Change {
  action: AuditAction;
  notice: NoticeEvent;
}

type Work<T> = (tx: PeopleTransaction, user: UserEntity) => Promise<T>;

/** Changes of a second factor: each needs a code of it, is recorded, and is reported to the user. */
@Injectable()
export class TwoFactorChangesService {
  constructor(
    private readonly secondFactor: SecondFactorService,
    private readonly reauthentication: ReauthenticationService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * A change of an enabled factor. Throws TwoFactorNotEnabled, CurrentPasswordIncorrect, TwoFactorCodeInvalid or
   * TooManyAttempts.
   */
  async change<T>(
    actor: Actor,
    { password, code }: { password: string; code: string },
    change: Change,
    work: Work<T>,
  ): Promise<T> {
    if (!actor.session.user.twoFactorEnabled) throw new TwoFactorNotEnabled();
    await this.reauthentication.byPassword(actor, password, 'password');
    return this.secondFactor.use(await this.reserve(actor), code, this.reported(actor, change, work));
  }

  /** The confirmation of an enrolment, by its first code. Throws TwoFactorCodeInvalid or TooManyAttempts. */
  async confirm<T>(actor: Actor, code: string, change: Change, work: Work<T>): Promise<T> {
    const guess = await this.reserve(actor);
    return this.secondFactor.useToConfirm(guess, code, this.reported(actor, change, work));
  }

  private reported<T>(actor: Actor, { action, notice }: Change, work: Work<T>): Work<T> {
    return async (tx, user) => {
      const result = await work(tx, user);
      await this.audit.record(tx, actor.origin, {
        action,
        tenantId: actor.session.membership?.tenant.id ?? null,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
      });
      await this.notices.send(tx, user, notice, actor.origin);
      return result;
    };
  }

  private reserve({ userId, session, origin }: Actor): Promise<CodeGuess> {
    return this.secondFactor.reserve(userId, session.membership?.tenant.id ?? null, origin);
  }
}
