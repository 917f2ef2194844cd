import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../../common/request-origin.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { type AuditEvent, AuditService } from '../audit/audit.service.js';
import { NoticesService, type Notified } from '../messaging/notices.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { MemberCredentialsService } from '../tenants/member-credentials.service.js';
import {
  FIND_BROUGHT_IN,
  FIND_TENANTS_OF,
  LOWER_RAISED_MEMBERS,
  RESTORE_TOP_ROLE,
  REVOKE_SENT_INVITATIONS,
} from './arrangements.queries.js';

/** The number of each that were undone. */
export interface UndoneArrangements {
  invitations: number;
  memberships: number;
  roles: number;
}

interface Member extends Omit<Notified, 'id'> {
  tenantId: string;
  userId: string;
}

interface ChangedRole {
  tenantId: string;
  userId: string;
  /** Role keys. */
  from: string;
  to: string;
}

/**
 * Undoes what an account arranged for others in its tenants. An account without any verified identifier is denied such
 * actions (`identifier_unverified`), but may have performed them earlier.
 */
@Injectable()
export class ArrangementsService {
  constructor(
    private readonly secrets: SecretsService,
    private readonly credentials: MemberCredentialsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Revokes invitations the account sent, removes members who joined by them and demotes members it promoted. The
   * caller has locked the account's tenants, the account and those users (`lockClaim`), so no invitation is accepted
   * and no member changed meanwhile. Audit records and notices do not contain the request origin, which must not be
   * disclosed to the tenants.
   */
  async undo(
    tx: PeopleTransaction,
    userId: string,
    { requestId }: RequestOrigin,
  ): Promise<UndoneArrangements> {
    const server: RequestOrigin = { address: 'server', userAgent: null, requestId };
    const tenants = await tx.many<{ id: string }>(FIND_TENANTS_OF, [userId]);
    const tenantIds = tenants.map(({ id }) => id);
    const invitations = await this.revokeInvitations(tx, userId, server);
    const removed = await this.removeMembers(tx, userId, server);
    const lowered = await this.changeRoles(tx, LOWER_RAISED_MEMBERS, [userId, tenantIds], server);
    const changed = [...removed, ...lowered].map(({ tenantId }) => tenantId);
    await this.changeRoles(tx, RESTORE_TOP_ROLE, [userId, changed], server);
    return { invitations, memberships: removed.length, roles: lowered.length };
  }

  private async revokeInvitations(tx: Transaction, userId: string, server: RequestOrigin): Promise<number> {
    const revoked = await tx.many<{ id: string; tenantId: string }>(REVOKE_SENT_INVITATIONS, [userId]);
    for (const { id, tenantId } of revoked) {
      await this.secrets.revoke(tx, id, ['invitation']);
      await this.record(tx, server, 'invitation.revoked', tenantId, { kind: 'invitation', id });
    }
    return revoked.length;
  }

  private async removeMembers(
    tx: PeopleTransaction,
    inviterId: string,
    server: RequestOrigin,
  ): Promise<Member[]> {
    const members = await tx.many<Member>(FIND_BROUGHT_IN, [inviterId]);
    for (const { tenantId, userId, ...person } of members) {
      const ended = await this.credentials.end(tx.forTenant(tenantId), userId, 'member_removed');
      await tx.execute('DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2', [tenantId, userId]);
      await this.record(tx, server, 'member.removed', tenantId, { kind: 'user', id: userId }, { ...ended });
      await this.notices.send(tx, { id: userId, ...person }, 'membership_ended', server);
    }
    return members;
  }

  private async changeRoles(
    tx: Transaction,
    statement: string,
    values: unknown[],
    server: RequestOrigin,
  ): Promise<ChangedRole[]> {
    const changed = await tx.many<ChangedRole>(statement, values);
    for (const { tenantId, userId, from, to } of changed) {
      const target = { kind: 'user', id: userId } as const;
      await this.record(tx, server, 'member.updated', tenantId, target, { role: { from, to } });
    }
    return changed;
  }

  private record(
    tx: Transaction,
    server: RequestOrigin,
    action: 'invitation.revoked' | 'member.removed' | 'member.updated',
    tenantId: string,
    target: AuditEvent['target'],
    detail = {},
  ): Promise<void> {
    const reason = 'account_taken_over';
    return this.audit.record(tx, server, {
      action,
      tenantId,
      actorId: null,
      target,
      detail: { ...detail, reason },
    });
  }
}
