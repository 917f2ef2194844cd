import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier, splitName } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { TenantTransaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { MemberAuthorityService } from '../tenants/member-authority.service.js';
import type { Role } from '../tenants/role.js';
import { InvitationLinksService } from './invitation-links.service.js';
import { InvitationPolicyService } from './invitation-policy.service.js';
import { InvitationsRepository } from './invitations.repository.js';

export interface NewInvitation {
  recipient: Identifier;
  /** The key of one of the tenant's roles. */
  role: string;
  firstName?: string;
  lastName?: string;
  /** The full name, if first and last name are not given separately. */
  name?: string;
  departmentId?: string;
  teamIds?: string[];
}

export interface CreatedInvitation {
  id: string;
  recipient: Identifier;
  role: string;
  expiresAt: Date;
  invitedBy: string;
}

/** Invites people into the actor's tenant. Only the message contains the link's secret; no response does. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly authority: MemberAuthorityService,
    private readonly policy: InvitationPolicyService,
    private readonly links: InvitationLinksService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Revokes an older open invitation of the same recipient. Throws IdentifierUnverified, RoleNotFound,
   * MessageLimitExceeded, MessageWithheld and what InvitationPolicyService throws; nothing is then recorded or sent.
   */
  async create(actor: Actor, input: NewInvitation): Promise<CreatedInvitation> {
    const { tenant } = membershipOf(actor);
    const { recipient, departmentId = null, teamIds = [] } = input;
    return this.database.inTenant(tenant.id, async (tx) => {
      const own = await this.authority.lock(tx, actor, 'invitations.create');
      const offer = { recipient, role: input.role, departmentId, teamIds };
      const { role } = await this.policy.getOfferable(tx, own, offer);
      const id = await this.insert(tx, actor, role, input);
      await this.audit.record(tx, actor.origin, {
        action: 'invitation.created',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'invitation', id },
        detail: { role: role.key },
      });
      const { expiresAt } = await this.links.send(tx, actor, { id, recipient, roleName: role.name });
      return { id, recipient, role: role.key, expiresAt, invitedBy: fullName(actor.session.user) };
    });
  }

  private async insert(
    tx: TenantTransaction,
    actor: Actor,
    role: Role,
    input: NewInvitation,
  ): Promise<string> {
    const id = newId();
    const { recipient, departmentId = null, teamIds = [] } = input;
    const names = input.name === undefined ? input : { ...splitName(input.name), ...input };
    await this.invitations.lockRecipient(tx, recipient);
    for (const older of await this.invitations.revokeAllTo(tx, recipient)) {
      await this.audit.record(tx, actor.origin, {
        action: 'invitation.revoked',
        tenantId: tx.tenantId,
        actorId: actor.userId,
        target: { kind: 'invitation', id: older },
        detail: { reason: 'replaced' },
      });
    }
    await this.invitations.insert(tx, {
      id,
      recipient,
      roleId: role.id,
      departmentId,
      teamIds,
      firstName: names.firstName ?? null,
      lastName: names.lastName ?? null,
      invitedBy: actor.userId,
      ttlSeconds: this.config.INVITATION_TTL_SECONDS,
    });
    return id;
  }
}
