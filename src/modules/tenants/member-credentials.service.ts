import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type EndReason, SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';

/** What lets a member into a tenant, or is on the way to. API keys are judged by the membership at each use. */
@Injectable()
export class MemberCredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
  ) {}

  /**
   * Ends the person's sessions and pending sign-ins in the tenant, and voids the reset links and one-time codes that
   * are on their way. A sign-in that is under way comes before it or finds the membership changed.
   */
  async end(tx: Tx, tenantId: string, userId: string, reason: EndReason): Promise<void> {
    const user = await this.users.lock(tx, userId);
    await this.secrets.revoke(tx, userId, ['password-reset']);
    if (user) await this.otp.revoke(tx, identifiersOf(user));
    await tx.query('DELETE FROM pending_sign_ins WHERE tenant_id = $1 AND user_id = $2', [tenantId, userId]);
    await this.sessions.endInTenant(tx, tenantId, userId, reason);
  }

  /** The number of sessions that ended; those in other tenants go on. */
  async endSessions(tx: Tx, tenantId: string, userId: string, reason: EndReason): Promise<number> {
    await this.users.lock(tx, userId);
    return this.sessions.endInTenant(tx, tenantId, userId, reason);
  }
}
