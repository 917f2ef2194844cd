import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { NoticesService } from '../messaging/notices.service.js';
import type { SignedInOperator } from '../operator-accounts/signed-in-operator.js';
import { ImpersonationsService, type ImpersonationToken } from '../sessions/impersonations.service.js';
import { TenantSettingsRepository } from '../tenants/tenant-settings.repository.js';
import { TenantsRepository } from '../tenants/tenants.repository.js';
import { UsersService } from '../users/users.service.js';
import { explained, type OperatorAct } from './operator-act.js';
import { OperatorTrail } from './operator-trail.service.js';
import { MemberUnknown, PersonNotFound, SessionUnknown, SupportAccessRefused } from './operators.errors.js';

/** An act of an operator who is signed in: only such a one has a session with which an impersonation ends. */
type Order = OperatorAct & { by: SignedInOperator };

/** Lets operators see the service as a person does, within what the tenant allows. */
@Injectable()
export class ImpersonationService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsRepository,
    private readonly settings: TenantSettingsRepository,
    private readonly users: UsersService,
    private readonly impersonations: ImpersonationsService,
    private readonly notices: NoticesService,
    private readonly trail: OperatorTrail,
  ) {}

  /**
   * Opens a session in the place of the person, in one of their tenants, and ends an earlier one of this operator in their
   * place. Notifies the person: where no notice may be sent, none is opened. Throws ActNotExplained, PersonNotFound,
   * MemberUnknown, SupportAccessRefused, MessageLimitExceeded or MessageWithheld.
   */
  async start(userId: string, tenantId: string, order: Order): Promise<ImpersonationToken> {
    const act = explained(order);
    const { by } = order;
    return this.database.acrossTenants(async (tx) => {
      // A suspension of tenant, member or person is finished before, or ends this session
      const tenantIds = await this.tenants.lockAllOf(tx, userId);
      const user = await this.users.lock(tx, userId);
      if (!user) throw new PersonNotFound();
      if (!tenantIds.includes(tenantId)) throw new MemberUnknown();
      const settings = await this.settings.find(tx.forTenant(tenantId));
      if (settings?.policies.supportAccess === 'none') throw new SupportAccessRefused();
      const target = { kind: 'user', id: userId } as const;
      const who = { userId, tenantId, operatorId: by.id, operatorSessionId: by.sessionId };
      for (const replaced of await this.impersonations.endAllOf(tx, who)) {
        const detail = { sessionId: replaced.id, replaced: true };
        const event = { action: 'impersonation.ended', target, detail } as const;
        await this.trail.recordOwn(tx, by, event, replaced.tenantId);
      }
      const token = await this.impersonations.open(tx, who, act.origin);
      if (!token?.state.membership) throw new MemberUnknown();
      const { sessionId, expiresAt, impersonation } = token.state;
      const detail = { tenantId, sessionId, expiresAt, access: impersonation?.access };
      await this.trail.record(tx, act, { action: 'impersonation.started', target, detail }, [tenantId]);
      const { name } = token.state.membership.tenant;
      await this.notices.send(tx, { ...user, mustBeTold: true }, 'impersonation_started', act.origin, {
        impersonation: { tenantName: name, reference: act.reference, expiresAt },
      });
      return token;
    });
  }

  /** Ends one of the operator's own. Of parallel calls, one succeeds. Throws SessionUnknown. */
  async end(by: SignedInOperator, sessionId: string): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      const ended = await this.impersonations.end(tx, sessionId, by.id);
      if (!ended) throw new SessionUnknown();
      const target = { kind: 'user', id: ended.userId } as const;
      const event = { action: 'impersonation.ended', target, detail: { sessionId } } as const;
      await this.trail.recordOwn(tx, by, event, ended.tenantId);
    });
  }
}
