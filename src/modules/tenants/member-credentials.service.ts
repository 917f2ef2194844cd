import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../common/identifiers.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type EndReason, SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';

/** Numbers of live credentials. */
export interface CountedCredentials {
  sessions: number;
  apiKeys: number;
}

/** $1 tenant, or null for credentials without a tenant, $2 user. */
const COUNT_CREDENTIALS = `
  SELECT
    (SELECT count(*)::int FROM sessions
     WHERE tenant_id IS NOT DISTINCT FROM $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()) AS sessions,
    (SELECT count(*)::int FROM api_keys
     WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > now())) AS "apiKeys"`;

/**
 * Revokes the credentials of a member in a tenant: sessions, pending sign-ins, one-time codes and reset links. API keys
 * need no revocation: every use verifies the membership.
 */
@Injectable()
export class MemberCredentialsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
  ) {}

  /**
   * Ends the person's sessions and pending sign-ins in the tenant, and revokes reset links and one-time codes already
   * sent. Locks the user, as a sign-in and an account restoration do: each commits before this, or reads the changed
   * membership after it. Returns the numbers of credentials that were live.
   */
  async end(tx: TenantTransaction, userId: string, reason: EndReason): Promise<CountedCredentials> {
    const user = await this.users.lockWithLeaving(tx, userId);
    const counted = await this.count(tx, tx.tenantId, userId);
    await this.secrets.revoke(tx, userId, ['password-reset']);
    if (user) await this.otp.revoke(tx, identifiersOf(user));
    await this.sessions.endInTenant(tx, userId, reason);
    return counted;
  }

  /** Counts live credentials of the person in the tenant; with null, those without a tenant. */
  async count(tx: Transaction, tenantId: string | null, userId: string): Promise<CountedCredentials> {
    const counted = await tx.one<CountedCredentials>(COUNT_CREDENTIALS, [tenantId, userId]);
    return counted ?? { sessions: 0, apiKeys: 0 };
  }

  /** Ends sessions and pending sign-ins in this tenant only. Returns the number of sessions ended. */
  async endSessions(tx: TenantTransaction, userId: string, reason: EndReason): Promise<number> {
    await this.users.lock(tx, userId);
    return this.sessions.endInTenant(tx, userId, reason);
  }
}
