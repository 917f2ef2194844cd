import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { CredentialRevocationService } from '../credential-revocation/credential-revocation.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { MembershipsRepository } from '../tenants/memberships.repository.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { PersonNotFound } from './operators.errors.js';

/** Signs a person out everywhere, on an operator's order. */
@Injectable()
export class PersonSignOutService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly memberships: MembershipsRepository,
    private readonly revocation: CredentialRevocationService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Ends all sessions, pending sign-ins and trusted devices of the person, their API keys, and the links and codes that
   * were sent to them. Password and second factor stay. Notifies the person. Throws ActNotExplained or PersonNotFound;
   * then nothing changed. Returns the number of sessions that ended.
   */
  async signOut(userId: string, order: OperatorAct): Promise<{ sessions: number }> {
    const act = explained(order);
    const { origin } = act;
    return this.database.acrossTenants(async (tx) => {
      const user = await this.users.lock(tx, userId);
      if (!user) throw new PersonNotFound();
      const { sessions } = await this.revocation.revoke(tx, user, 'signed_out_by_operator', { origin });
      const target = { kind: 'user', id: userId } as const;
      const event = { action: 'user.signed_out', target, detail: { sessions } } as const;
      await this.trail.record(tx, act, event, await this.memberships.listTenantsOf(tx, userId));
      await this.notices.send(tx, user, 'signed_out_by_operator', origin);
      return { sessions };
    });
  }
}
