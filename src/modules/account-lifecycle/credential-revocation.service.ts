import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { Tx } from '../../database/database.js';
import { OtpService } from '../otp/otp.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from '../users/entities/user.entity.js';
import { type CountedCredentials, MemberCredentialsService } from '../tenants/member-credentials.service.js';
import { FORGET_DEVICES, REVOKE_API_KEYS, VOID_SECRETS_OF_SIGN_INS } from './account-lifecycle.queries.js';

/** What ended in one tenant, or outside all; trusted devices are the person's, wherever they are. */
export interface EndedAccess extends CountedCredentials {
  tenantId: string | null;
  trustedDevices: number;
}

/** Ends whatever lets a person in or acts in their name. Password and second factor stay: they let nobody in alone. */
@Injectable()
export class CredentialRevocationService {
  constructor(
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly sessions: SessionsService,
    private readonly credentials: MemberCredentialsService,
  ) {}

  /**
   * Links, codes, half sign-ins, trusted devices, API keys and sessions are dead once this commits. The caller holds the
   * lock on the person. Returns what ended in each of the tenants, or outside all where there is none.
   */
  async endAll(tx: Tx, user: User, tenantIds: string[]): Promise<EndedAccess[]> {
    const counted: ({ tenantId: string | null } & CountedCredentials)[] = [];
    for (const tenantId of tenantIds.length > 0 ? tenantIds : [null])
      counted.push({ tenantId, ...(await this.credentials.count(tx, tenantId, user.id)) });
    const pending: Identifier[] = user.pendingEmail ? [{ kind: 'email', value: user.pendingEmail }] : [];
    await this.secrets.revoke(tx, user.id, ['password-reset', 'email-verification']);
    await tx.query(VOID_SECRETS_OF_SIGN_INS, [user.id]);
    await this.otp.revoke(tx, [...identifiersOf(user), ...pending]);
    const [, trustedDevices] = await tx.query<[unknown[], number]>(FORGET_DEVICES, [user.id]);
    await tx.query(REVOKE_API_KEYS, [user.id]);
    await this.sessions.endAll(tx, user.id, 'account_left');
    return counted.map((counts) => ({ ...counts, trustedDevices }));
  }
}
