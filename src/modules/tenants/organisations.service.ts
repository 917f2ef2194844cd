import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import type { Queries } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import type { IssuedTokens } from '../sessions/sessions.service.js';
import { SwitchService } from '../sessions/switch.service.js';
import { UsersService } from '../users/users.service.js';
import { MemberCredentialsService } from './member-credentials.service.js';
import type { RoleTemplateName } from './role-templates.js';
import { LastOwner, OrganisationNotFound } from './tenants.errors.js';
import { type NameConflict, TenantsService } from './tenants.service.js';

/** A tenant in the list of a person's own tenants; the published contracts call it an organisation. */
export interface Organisation {
  id: string;
  name: string;
  slug: string;
  businessType: string | null;
  /** The key of the person's role there. */
  role: string;
  roleLevel: number;
  /** This is the session's active tenant. */
  active: boolean;
}

export interface NewOrganisation {
  name: string;
  businessType?: string;
  template: RoleTemplateName;
  sameName?: NameConflict;
}

/** $1 user, $2 the active tenant or null, $3 one tenant, or null for all. In order of joining. */
const READ_ORGANISATIONS = `
  SELECT t.id, t.name, t.slug, t.business_type AS "businessType", r.key AS role, r.level AS "roleLevel",
    t.id IS NOT DISTINCT FROM $2::uuid AS active
  FROM memberships m
  JOIN tenants t ON t.id = m.tenant_id AND t.status = 'active'
  JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
  WHERE m.user_id = $1 AND m.status = 'active' AND ($3::uuid IS NULL OR t.id = $3)
  ORDER BY m.created_at, m.id`;

/** The tenants of one person. A tenant of which they are not a member is not found, as if it did not exist. */
@Injectable()
export class OrganisationsService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
    private readonly users: UsersService,
    private readonly credentials: MemberCredentialsService,
    private readonly switching: SwitchService,
    private readonly audit: AuditService,
  ) {}

  /** Lists the tenants in which the actor's membership is active. Needs no active tenant in the session. */
  list(actor: Actor): Promise<Organisation[]> {
    return this.read(this.database.autocommitAcrossTenants, actor, null);
  }

  /** Creates a tenant with the actor as its owner. The session's active tenant stays. Throws CompanyNameTaken. */
  async create(actor: Actor, input: NewOrganisation): Promise<Organisation> {
    return this.database.acrossTenants(async (tx) => {
      const { id } = await this.tenants.create(
        tx,
        { ...input, field: 'name', creatorId: actor.userId },
        actor.origin,
      );
      const [organisation] = await this.read(tx, actor, id);
      if (!organisation) throw new Error('The creator is not a member of the new tenant');
      return organisation;
    });
  }

  /**
   * Makes this the session's active tenant. Issues new tokens and revokes the old ones. Throws OrganisationNotFound.
   */
  async switch(actor: Actor, tenantId: string): Promise<IssuedTokens> {
    const tokens = await this.switching.switch(actor, tenantId);
    if (!tokens) throw new OrganisationNotFound();
    return tokens;
  }

  /**
   * Ends the actor's membership and every session of theirs in this tenant, the current one included. Throws
   * OrganisationNotFound, or LastOwner if no other active owner is left: of two last owners who leave at once, one gets
   * LastOwner.
   */
  async leave(actor: Actor, tenantId: string): Promise<void> {
    await this.database.inTenant(tenantId, async (tx) => {
      await this.tenants.lock(tx);
      // Lock order: the user before the membership, as in a sign-in
      await this.users.lock(tx, actor.userId);
      await this.assertMayLeave(tx, actor, tenantId);
      // Count before the DELETE, which cascades to them
      const detail = { ...(await this.credentials.count(tx, tenantId, actor.userId)) };
      await tx.execute('DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2', [
        tenantId,
        actor.userId,
      ]);
      await this.audit.record(tx, actor.origin, {
        action: 'membership.left',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'user', id: actor.userId },
        detail,
      });
    });
  }

  private async assertMayLeave(tx: Transaction, actor: Actor, tenantId: string): Promise<void> {
    const authority = await tx.one<{ is_top: boolean; others: boolean }>(
      `WITH top AS (
         SELECT m.user_id FROM memberships m JOIN roles r ON r.tenant_id = m.tenant_id AND r.id = m.role_id
         WHERE m.tenant_id = $1 AND m.status = 'active'
           AND r.level = (SELECT max(level) FROM roles WHERE tenant_id = $1)
       )
       SELECT EXISTS (SELECT 1 FROM top WHERE user_id = $2) AS is_top,
         EXISTS (SELECT 1 FROM top JOIN users u ON u.id = top.user_id AND u.status = 'active'
                 WHERE top.user_id <> $2) AS others
       FROM memberships WHERE tenant_id = $1 AND user_id = $2 AND status = 'active'`,
      [tenantId, actor.userId],
    );
    if (!authority) throw new OrganisationNotFound();
    if (authority.is_top && !authority.others) throw new LastOwner();
  }

  private read(tx: Queries, actor: Actor, tenantId: string | null): Promise<Organisation[]> {
    const activeId = actor.session.membership?.tenant.id ?? null;
    return tx.many<Organisation>(READ_ORGANISATIONS, [actor.userId, activeId, tenantId]);
  }
}
