import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { Transaction } from '../../database/transaction.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { CountedCredentials } from '../tenants/member-credentials.repository.js';
import { MemberCredentialsService } from '../tenants/member-credentials.service.js';
import type { User } from '../users/entities/user.entity.js';
import { REMOVE_DEVICES, REVOKE_API_KEYS, REVOKE_SECRETS_OF_SIGN_INS } from './account-lifecycle.queries.js';

/**
 * Credentials revoked in one tenant, or outside of tenants (null). Trusted devices are counted per user, not per
 * tenant.
 */
export interface RevokedCredentials extends CountedCredentials {
  tenantId: string | null;
  trustedDevices: number;
}

/**
 * Revokes every credential that grants access by itself. Password and second factor stay: neither signs in while the
 * account is not active.
 */
@Injectable()
export class CredentialRevocationService {
  constructor(
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly sessions: SessionsService,
    private readonly credentials: MemberCredentialsService,
  ) {}

  /**
   * Revokes links, codes, pending sign-ins, trusted devices, API keys and sessions when the transaction commits. The
   * caller has locked the user. Returns the counts for each of the tenants, or once outside of tenants if there are
   * none.
   */
  async revokeAll(tx: Transaction, user: User, tenantIds: string[]): Promise<RevokedCredentials[]> {
    const counted: ({ tenantId: string | null } & CountedCredentials)[] = [];
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null])
      counted.push({ tenantId, ...(await this.credentials.count(tx, tenantId, user.id)) });
    const pending: Identifier[] = user.pendingEmail ? [{ kind: 'email', value: user.pendingEmail }] : [];
    await this.secrets.revoke(tx, user.id, ['password-reset', 'email-verification']);
    await tx.execute(REVOKE_SECRETS_OF_SIGN_INS, [user.id]);
    await this.otp.revoke(tx, [...identifiersOf(user), ...pending]);
    const trustedDevices = await tx.execute(REMOVE_DEVICES, [user.id]);
    await tx.execute(REVOKE_API_KEYS, [user.id]);
    await this.sessions.endAll(tx, user.id, 'account_left');
    return counted.map((counts) => ({ ...counts, trustedDevices }));
  }
}
