import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { AccountRestorationService } from '../account-lifecycle/account-restoration.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { EmailVerificationLinksService } from '../profile/email-verification-links.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { NothingToVerify, PersonNotFound } from './operators.errors.js';

/** Helps people who cannot help themselves. */
@Injectable()
export class PersonHelpService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly memberships: MembershipsRepository,
    private readonly links: EmailVerificationLinksService,
    private readonly restoration: AccountRestorationService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Sends the person another link to verify the e-mail address, the pending one first, within the limits of messages.
   * Returns the seconds to wait if they are exceeded; otherwise null. Throws ActNotExplained, PersonNotFound or
   * NothingToVerify.
   */
  async resendVerification(userId: string, order: OperatorAct): Promise<number | null> {
    const act = explained(order);
    return this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (!user) throw new PersonNotFound();
      const email = user.pendingEmail ?? (user.emailVerifiedAt === null ? user.email : null);
      if (email === null) throw new NothingToVerify();
      const { origin } = act;
      const wait = await this.links.requestUnlessTaken(tx, user, email, { origin, tenantId: null });
      if (wait !== null) return wait;
      const target = { kind: 'user', id: userId } as const;
      const event = { action: 'user.email_verification_requested', target } as const;
      await this.trail.record(tx, act, event, await this.memberships.listTenantsOf(tx, userId));
      return null;
    });
  }

  /**
   * Calls the deletion of the account off. Notifies the person. Of parallel calls, one returns true; false if no deletion
   * waits. Throws ActNotExplained or PersonNotFound.
   */
  async restore(userId: string, order: OperatorAct): Promise<boolean> {
    const act = explained(order);
    return this.database.acrossTenants(async (tx) => {
      const user = await this.restoration.lock(tx, userId);
      if (!user) {
        if (!(await this.users.lockWithLeaving(tx, userId))) throw new PersonNotFound();
        return false;
      }
      await this.restoration.reinstate(tx, userId);
      const target = { kind: 'user', id: userId } as const;
      const tenantIds = await this.memberships.listTenantsOf(tx, userId);
      await this.trail.record(tx, act, { action: 'user.restored', target }, tenantIds);
      await this.notices.send(tx, user, 'account_restored', act.origin);
      return true;
    });
  }
}
