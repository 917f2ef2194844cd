import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import { TwoFactorNotEnabled } from '../two-factor/two-factor.errors.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { PersonNotFound } from './operators.errors.js';

/** Removes a lost second factor of a person whom an operator has identified by other means. */
@Injectable()
export class SecondFactorRemovalService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly memberships: MembershipsRepository,
    private readonly secondFactor: SecondFactorResetService,
    private readonly revocation: CredentialRevocationService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Removes the TOTP factor, recovery codes and trusted devices, and ends all sessions and pending sign-ins. From then
   * on the password alone signs in. Notifies the user at every verified identifier. Of any number of parallel calls,
   * one succeeds; the others throw TwoFactorNotEnabled. Throws ActNotExplained or PersonNotFound. If it throws,
   * nothing changed. Returns the number of sessions that ended.
   */
  async remove(userId: string, order: OperatorAct): Promise<{ sessions: number }> {
    const act = explained(order);
    const { origin } = act;
    return this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (!user) throw new PersonNotFound();
      if (!(await this.secondFactor.isEnabled(tx, userId))) throw new TwoFactorNotEnabled();
      const { sessions } = await this.revocation.revoke(tx, user, 'two_factor_reset', { origin });
      const target = { kind: 'user', id: userId } as const;
      const event = { action: 'two_factor.reset', target, detail: { sessions } } as const;
      await this.trail.record(tx, act, event, await this.memberships.listTenantsOf(tx, userId));
      await this.notify(tx, user, origin);
      return { sessions };
    });
  }

  /** Notifies each verified identifier; if there is none, the claimed ones. */
  private async notify(tx: Transaction, user: UserEntity, origin: RequestOrigin): Promise<void> {
    const byEmail = { ...user, phone: null, phoneVerifiedAt: null };
    const byPhone = { ...user, email: null, emailVerifiedAt: null };
    const verified = [user.emailVerifiedAt && byEmail, user.phoneVerifiedAt && byPhone].filter(
      (person) => person !== null,
    );
    for (const person of verified.length > 0 ? verified : [user])
      await this.notices.send(tx, person, 'two_factor_reset', origin);
  }
}
