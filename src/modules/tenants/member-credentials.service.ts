import { Injectable } from '@nestjs/common';
import { identifiersOf } from '../../common/identifiers.js';
import type { TenantTransaction, Transaction } from '../../database/transaction.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { type EndReason, SessionsService } from '../sessions/sessions.service.js';
import { UsersService } from '../users/users.service.js';
import { type CountedCredentials, MemberCredentialsRepository } from './member-credentials.repository.js';

/**
 * Revokes the credentials of a member in a tenant: sessions, pending sign-ins, one-time codes and reset links. API keys
 * need no revocation: every use verifies the membership.
 */
@Injectable()
export class MemberCredentialsService {
  constructor(
    private readonly credentials: MemberCredentialsRepository,
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
  count(tx: Transaction, tenantId: string | null, userId: string): Promise<CountedCredentials> {
    return this.credentials.count(tx, tenantId, userId);
  }

  /** Ends sessions and pending sign-ins in this tenant only. Returns the number of sessions ended. */
  async endSessions(tx: TenantTransaction, userId: string, reason: EndReason): Promise<number> {
    await this.users.lock(tx, userId);
    return this.sessions.endInTenant(tx, userId, reason);
  }
}
