import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import { type Actor, membershipOf } from '../../common/actor.js';
import { fullName, type Identifier, splitName } from '../../common/identifiers.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database, type Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { MessagesService } from '../messaging/messages.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { MembershipsService, type Role } from '../tenants/memberships.service.js';
import { AlreadyMember } from '../tenants/tenants.errors.js';

export interface NewInvitation {
  recipient: Identifier;
  /** The key of one of the tenant's roles. */
  role: string;
  firstName?: string;
  lastName?: string;
  /** Both names in one, where they are not given apart. */
  name?: string;
  departmentId?: string;
  teamIds?: string[];
}

/** The secret of an SMS: 128 bits, so that the text stays short. */
const SMS_SECRET_BYTES = 16;

export interface CreatedInvitation {
  id: string;
  recipient: Identifier;
  role: string;
  expiresAt: Date;
  invitedBy: string;
}

/** Invites people into the actor's tenant. The secret goes out with the message and is nowhere else. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsService,
    private readonly secrets: SecretsService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * A newer invitation of the same recipient takes the older one's place. Throws RoleNotFound, RoleLevelExceeded,
   * DepartmentNotFound, TeamNotFound, AlreadyMember or MessageLimitExceeded; then nothing is recorded or sent.
   */
  async create(actor: Actor, input: NewInvitation): Promise<CreatedInvitation> {
    const { tenant, role: own } = membershipOf(actor);
    const inviterName = fullName(actor.session.user);
    return this.database.transaction(async (tx) => {
      const role = await this.memberships.getGrantableRole(tx, tenant.id, input.role, own);
      await this.memberships.assertPlaceable(tx, tenant.id, input.departmentId ?? null, input.teamIds ?? []);
      await this.assertNoMember(tx, tenant.id, input.recipient);
      const id = await this.insert(tx, actor, tenant.id, role, input);
      const secret = await this.secrets.issue(tx, {
        purpose: 'invitation',
        subjectId: id,
        ttlSeconds: this.config.INVITATION_TTL_SECONDS,
        ...(input.recipient.kind === 'phone' && { bytes: SMS_SECRET_BYTES }),
      });
      await this.audit.record(tx, actor.client, {
        action: 'invitation.created',
        tenantId: tenant.id,
        actorId: actor.userId,
        target: { kind: 'invitation', id },
        detail: { role: role.key },
      });
      await this.messages.sendOrFail(tx, {
        template: 'invitation',
        channel: input.recipient.kind === 'phone' ? 'sms' : 'email',
        to: input.recipient.value,
        tenantName: tenant.name,
        inviterName,
        roleName: role.name,
        client: actor.client,
        tenantId: tenant.id,
        ...secret,
      });
      const { recipient } = input;
      return { id, recipient, role: role.key, expiresAt: secret.expiresAt, invitedBy: inviterName };
    });
  }

  private async assertNoMember(tx: Tx, tenantId: string, { kind, value }: Identifier): Promise<void> {
    // Only a proven identifier tells who somebody is: an unproven one must not keep its owner from being invited
    const members = await tx.query<unknown[]>(
      `SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
       WHERE m.tenant_id = $1 AND u.${kind} = $2 AND u.${kind}_verified_at IS NOT NULL`,
      [tenantId, value],
    );
    if (members.length > 0) throw new AlreadyMember();
  }

  private async insert(
    tx: Tx,
    actor: Actor,
    tenantId: string,
    role: Role,
    input: NewInvitation,
  ): Promise<string> {
    const id = newId();
    const { kind, value } = input.recipient;
    const names = input.name === undefined ? input : { ...splitName(input.name), ...input };
    // One after the other: two invitations of one recipient at once would both be open
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${tenantId}:${value}`]);
    const [replaced] = await tx.query<[{ id: string }[], number]>(
      `UPDATE invitations SET revoked_at = now()
       WHERE tenant_id = $1 AND ${kind} = $2 AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id`,
      [tenantId, value],
    );
    for (const older of replaced) {
      await this.audit.record(tx, actor.client, {
        action: 'invitation.revoked',
        tenantId,
        actorId: actor.userId,
        target: { kind: 'invitation', id: older.id },
        detail: { reason: 'replaced' },
      });
    }
    await tx.query(
      `INSERT INTO invitations (id, tenant_id, ${kind}, role_id, department_id, first_name, last_name, invited_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))`,
      [
        id,
        tenantId,
        value,
        role.id,
        input.departmentId ?? null,
        names.firstName ?? null,
        names.lastName ?? null,
        actor.userId,
        this.config.INVITATION_TTL_SECONDS,
      ],
    );
    await tx.query(
      `INSERT INTO invitation_teams (tenant_id, invitation_id, team_id) SELECT DISTINCT $1::uuid, $2::uuid, unnest($3::uuid[])`,
      [tenantId, id, input.teamIds ?? []],
    );
    return id;
  }
}
