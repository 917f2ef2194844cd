import { Injectable } from '@nestjs/common';
import { type Identifier, identifiersOf } from '../../common/identifiers.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { Database } from '../../database/database.js';
import type { PeopleTransaction, Transaction } from '../../database/transaction.js';
import { AccountRestorationService } from '../account-lifecycle/account-restoration.service.js';
import { ApiKeyRecoveryService } from '../api-keys/api-key-recovery.service.js';
import { AuditService } from '../audit/audit.service.js';
import { IdentifierVerificationService } from '../identifiers/identifier-verification.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { OtpService } from '../otp/otp.service.js';
import { CredentialsService } from '../passwords/credentials.service.js';
import type { EmailChange } from '../profile/email-changes.repository.js';
import { EmailChangesService } from '../profile/email-changes.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorResetService } from '../two-factor/second-factor-reset.service.js';
import type { User } from '../users/entities/user.entity.js';
import { RevertTokenInvalid } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { RecoveryService } from './recovery.service.js';

/**
 * Reverts a change of the e-mail address for the previous holder of the account. Revokes every credential: sessions,
 * the password, trusted devices, links and codes, and a second factor enabled since the change was requested. An older
 * second factor stays: access to the user's mailbox must not be enough to remove it.
 */
@Injectable()
export class EmailRevertService {
  constructor(
    private readonly database: Database,
    private readonly changes: EmailChangesService,
    private readonly restoration: AccountRestorationService,
    private readonly users: UsersService,
    private readonly verification: IdentifierVerificationService,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    private readonly secondFactor: SecondFactorResetService,
    private readonly apiKeys: ApiKeyRecoveryService,
    private readonly secrets: SecretsService,
    private readonly otp: OtpService,
    private readonly recovery: RecoveryService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Of any number of parallel calls, one succeeds. It then sends a link to set a new password, or a code if the phone
   * was the account's verified identifier. Throws RevertTokenInvalid, or EmailTaken if another account has verified the
   * address since; in both cases nothing changed and the link is unspent.
   */
  async revert(token: string, origin: RequestOrigin): Promise<void> {
    const change = await this.changes.find(token);
    const holder = await this.database.acrossTenants((tx) => this.attempt(tx, token, change, origin));
    await this.recovery.request(holder, origin);
  }

  /** Returns the identifier by which the user can recover the account now. */
  private async attempt(
    tx: PeopleTransaction,
    token: string,
    change: EmailChange,
    origin: RequestOrigin,
  ): Promise<Identifier> {
    const { userId, oldEmail } = change;
    await this.restoration.cancelDeletion(tx, userId, origin);
    if (oldEmail !== null)
      await this.verification.lockClaim(tx, { kind: 'email', value: oldEmail }, { userId });
    const user = await this.users.lock(tx, userId);
    if (!user) throw new RevertTokenInvalid();
    const since = await this.changes.spend(tx, token, change);
    const identifier = await this.restoreIdentifier(tx, user, oldEmail, origin);
    await this.revokeCredentials(tx, user, since, origin);
    await this.audit.record(tx, origin, {
      action: 'user.email_change_reverted',
      tenantId: null,
      actorId: user.id,
      target: { kind: 'user', id: user.id },
    });
    await this.notices.send(tx, user, 'email_change_reverted', origin);
    return identifier;
  }

  private async restoreIdentifier(
    tx: Transaction,
    user: User,
    oldEmail: string | null,
    origin: RequestOrigin,
  ): Promise<Identifier> {
    if (oldEmail !== null) {
      const identifier = { kind: 'email', value: oldEmail } as const;
      await this.verification.verifyOwn(tx, user, identifier, origin);
      return identifier;
    }
    if (user.phone === null) throw new RevertTokenInvalid();
    await this.users.removeEmail(tx, user.id);
    return { kind: 'phone', value: user.phone };
  }

  private async revokeCredentials(
    tx: Transaction,
    user: User,
    since: Date,
    origin: RequestOrigin,
  ): Promise<void> {
    const pending: Identifier[] = user.pendingEmail ? [{ kind: 'email', value: user.pendingEmail }] : [];
    await this.credentials.remove(tx, user.id);
    await this.sessions.endAll(tx, user.id, 'email_change_reverted');
    await this.secondFactor.wipeSince(tx, user.id, since);
    await this.apiKeys.revokeRecent(tx, user.id, origin);
    await this.secrets.revoke(tx, user.id, ['password-reset', 'email-verification', 'account-restoration']);
    await this.otp.revoke(tx, [...identifiersOf(user), ...pending]);
  }
}
