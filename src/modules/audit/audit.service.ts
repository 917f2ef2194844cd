import { Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Client } from '../../common/client.js';
import type { Tx } from '../../database/database.js';

/** One entry of the trail. `detail` holds ids and names of fields, never a secret, a code or a token. */
export interface AuditEvent {
  action: AuditAction;
  tenantId: string | null;
  /** Null for somebody who has not proven who they are. */
  actorId: string | null;
  outcome?: 'success' | 'refused';
  target?: { kind: AuditTarget; id: string };
  detail?: Record<string, unknown>;
}

export type AuditTarget =
  | 'user'
  | 'session'
  | 'tenant'
  | 'invitation'
  | 'membership'
  | 'role'
  | 'department'
  | 'team'
  | 'api_key'
  | 'trusted_device';

export type AuditAction =
  | 'tenant.created'
  | 'membership.left'
  | 'session.created'
  | 'session.refreshed'
  | 'session.switched'
  | 'session.revoked'
  | 'session.reuse_detected'
  | 'sign_in.refused'
  | 'password.changed'
  | 'password.change_refused'
  | 'password.recovery_requested'
  | 'password.recovered'
  | 'otp.requested'
  | 'otp.verified'
  | 'otp.refused'
  | 'user.updated'
  | 'user.email_change_requested'
  | 'user.email_verified'
  | 'user.phone_verified'
  | 'user.closed'
  | 'user.exported'
  | 'user.deletion_requested'
  | 'user.restored'
  | 'user.erased'
  | 'tenant.erased'
  | 'two_factor.enrolment_started'
  | 'two_factor.enabled'
  | 'two_factor.disabled'
  | 'two_factor.refused'
  | 'recovery_codes.regenerated'
  | 'recovery_code.used'
  | 'trusted_device.added'
  | 'trusted_device.removed'
  | 'api_key.created'
  | 'api_key.updated'
  | 'api_key.rotated'
  | 'api_key.revoked'
  | 'tenant.updated'
  | 'member.updated'
  | 'member.suspended'
  | 'member.restored'
  | 'member.removed'
  | 'tenant.ownership_transferred'
  | 'role.created'
  | 'role.updated'
  | 'role.deleted'
  | 'department.created'
  | 'department.updated'
  | 'department.deleted'
  | 'team.created'
  | 'team.updated'
  | 'team.deleted'
  | 'invitation.resent'
  | 'invitation.revoked'
  | 'invitation.created'
  | 'invitation.accepted'
  | 'message.suppressed';

@Injectable()
export class AuditService {
  /** Writes the event in the caller's transaction: it is there exactly if the act is. */
  async record(tx: Tx, client: Client, event: AuditEvent): Promise<void> {
    await tx.query(
      `INSERT INTO audit_events (id, tenant_id, actor_kind, actor_id, action, outcome, target_kind, target_id,
                                 address, user_agent, request_id, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        newId(),
        event.tenantId,
        event.actorId === null ? 'anonymous' : 'user',
        event.actorId,
        event.action,
        event.outcome ?? 'success',
        event.target?.kind ?? null,
        event.target?.id ?? null,
        client.address,
        client.userAgent,
        client.requestId,
        event.detail ?? {},
      ],
    );
  }
}
