import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { PeopleTransaction } from '../../database/transaction.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import { BlockedUsersRepository } from '../users/blocked-users.repository.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { PersonNotFound } from './operators.errors.js';

/** Blocks people and unblocks them. */
@Injectable()
export class PersonBlockService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsRepository,
    private readonly people: BlockedUsersRepository,
    private readonly revocation: CredentialRevocationService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * From the commit on nothing of the account works, at any contract: password, sessions, API keys, codes, links, and the
   * invitations that the person sent. Sessions, trusted devices, codes and links have ended for good. Notifies the person.
   * `changed` is false if the account is blocked already. Throws ActNotExplained or PersonNotFound.
   */
  async block(userId: string, order: OperatorAct): Promise<{ changed: boolean; sessions: number }> {
    const act = explained(order);
    return this.database.acrossTenants(async (tx) => {
      // First the tenants: a change that the person is making in one is finished, or finds the person blocked
      const tenantIds = await this.tenants.lockAllOf(tx, userId);
      const user = await this.people.block(tx, userId);
      if (!user) return { changed: await this.unchanged(tx, userId), sessions: 0 };
      const { origin } = act;
      const { sessions } = await this.revocation.revoke(tx, user, 'person_blocked', { origin });
      const target = { kind: 'user', id: userId } as const;
      await this.trail.record(tx, act, { action: 'user.blocked', target, detail: { sessions } }, tenantIds);
      await this.notices.send(tx, user, 'account_blocked', origin);
      return { changed: true, sessions };
    });
  }

  /**
   * Undoes `block`: what `block` did not end works again. An account that was being deleted is so again. Notifies the
   * person. Returns false if the account is not blocked. Throws ActNotExplained or PersonNotFound.
   */
  async unblock(userId: string, order: OperatorAct): Promise<boolean> {
    const act = explained(order);
    return this.database.acrossTenants(async (tx) => {
      const tenantIds = await this.tenants.lockAllOf(tx, userId);
      const user = await this.people.unblock(tx, userId);
      if (!user) return this.unchanged(tx, userId);
      const target = { kind: 'user', id: userId } as const;
      await this.trail.record(tx, act, { action: 'user.unblocked', target }, tenantIds);
      await this.notices.send(tx, user, 'account_unblocked', act.origin);
      return true;
    });
  }

  /** False. Throws PersonNotFound if there is no such account. */
  private async unchanged(tx: PeopleTransaction, userId: string): Promise<false> {
    if (!(await this.people.exists(tx, userId))) throw new PersonNotFound();
    return false;
  }
}
