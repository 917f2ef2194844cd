import { Injectable } from '@nestjs/common';
import type { Client } from '../../common/client.js';
import type { Tx } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { User } from './entities/user.entity.js';
import { EmailTaken } from './users.errors.js';

/**
 * Proof wins: whoever proves an address has it. An unproven address holds out against nobody, so nobody can sit on a
 * stranger's address and wait (no pre-hijacking).
 */
@Injectable()
export class IdentifierProofService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly secrets: SecretsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The user has proven the address: it is theirs and verified, and what was outstanding for the old one is void.
   * Throws EmailTaken where somebody else had proven it before.
   */
  async proveEmail(tx: Tx, userId: string, email: string, client: Client): Promise<void> {
    await this.releaseUnproven(tx, email, userId, client);
    await tx.update(User, { id: userId }, { email, emailVerifiedAt: new Date(), pendingEmail: null });
    await this.secrets.revoke(tx, userId, ['email-verification', 'password-reset']);
    await this.audit.record(tx, client, {
      action: 'user.email_verified',
      tenantId: null,
      actorId: userId,
      target: { kind: 'user', id: userId },
    });
  }

  /**
   * Takes the unproven address from whoever else holds it and ends their sessions; an account left without any
   * identifier is closed. Throws EmailTaken where it is proven there.
   */
  async releaseUnproven(tx: Tx, email: string, proverId: string | null, client: Client): Promise<void> {
    const holder = await tx.findOne(User, { where: { email }, lock: { mode: 'for_no_key_update' } });
    if (!holder || holder.id === proverId) return;
    if (holder.emailVerifiedAt) throw new EmailTaken();

    const closes = holder.phone === null;
    await tx.update(User, { id: holder.id }, { email: null, ...(closes && { status: 'closed' as const }) });
    await this.sessions.endAll(tx, holder.id, 'identifier_lost');
    await this.secrets.revoke(tx, holder.id, ['email-verification', 'password-reset']);
    await this.audit.record(tx, client, {
      action: closes ? 'user.closed' : 'user.updated',
      tenantId: null,
      actorId: proverId,
      target: { kind: 'user', id: holder.id },
      detail: { reason: 'email_proven_by_another' },
    });
  }
}
