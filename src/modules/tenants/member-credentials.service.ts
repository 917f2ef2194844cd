import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type EndReason, SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';

/** Those that were alive. */
export interface CountedCredentials {
  sessions: number;
  apiKeys: number;
}

/** $1 tenant, or null for what is in none, $2 user. */
const COUNT_CREDENTIALS = `
  SELECT
    (SELECT count(*)::int FROM sessions
     WHERE tenant_id IS NOT DISTINCT FROM $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()) AS sessions,
    (SELECT count(*)::int FROM api_keys
     WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now())) AS "apiKeys"`;

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
   * are on their way. A sign-in that is under way comes before it or finds the membership changed, and so does a way
   * back. Returns what was alive until then.
   */
  async end(tx: Tx, tenantId: string, userId: string, reason: EndReason): Promise<CountedCredentials> {
    const user = await this.users.lockWithLeaving(tx, userId);
    const counted = await this.count(tx, tenantId, userId);
    await this.secrets.revoke(tx, userId, ['password-reset']);
    if (user) await this.otp.revoke(tx, identifiersOf(user));
    await this.sessions.endInTenant(tx, tenantId, userId, reason);
    return counted;
  }

  /** Of the person in the tenant, or in none. */
  async count(tx: Tx, tenantId: string | null, userId: string): Promise<CountedCredentials> {
    const [counted] = await tx.query<CountedCredentials[]>(COUNT_CREDENTIALS, [tenantId, userId]);
    return counted ?? { sessions: 0, apiKeys: 0 };
  }

  /** The number of sessions that ended; those in other tenants go on, and sign-ins that wait for one here end, too. */
  async endSessions(tx: Tx, tenantId: string, userId: string, reason: EndReason): Promise<number> {
    await this.users.lock(tx, userId);
    return this.sessions.endInTenant(tx, tenantId, userId, reason);
  }
}
