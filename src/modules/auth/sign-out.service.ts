import { Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { SessionsService } from '../sessions/sessions.service.js';

@Injectable()
export class SignOutService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly audit: AuditService,
  ) {}

  /** Ends the caller's session, or all sessions of the user. Their tokens are invalid once this returns. */
  async signOut(actor: Actor, { everywhere }: { everywhere: boolean }): Promise<void> {
    const { sessionId, membership } = actor.session;
    await this.database.acrossTenants(async (tx) => {
      if (everywhere) await this.sessions.endAll(tx, actor.userId, 'logout');
      else await this.sessions.endOne(tx, actor.userId, sessionId, 'logout');
      await this.audit.record(tx, actor.origin, {
        action: 'session.revoked',
        tenantId: membership?.tenant.id ?? null,
        actorId: actor.userId,
        target: { kind: 'session', id: sessionId },
        detail: { reason: 'logout', everywhere },
      });
    });
  }
}
